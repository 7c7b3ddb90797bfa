package dev.avionics.architecture;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree.Kind;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The sources below some folders, measured and searched by the compiler's own parser; nothing is compiled. */
final class Sources {
    private static final Set<String> TEST_ANNOTATIONS =
            Set.of("Test", "ParameterizedTest", "RepeatedTest", "TestFactory", "FuzzTest");

    private final List<Path> files;

    private Sources(List<Path> files) {
        this.files = files;
    }

    /** Every Java file below the folders. */
    static Sources below(List<Path> roots) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path root : roots) {
            try (Stream<Path> all = Files.walk(root)) {
                all.filter(file -> file.toString().endsWith(".java")).sorted().forEach(files::add);
            }
        }
        return new Sources(List.copyOf(files));
    }

    /** The lines of each package's folder, by its path. */
    Map<String, Integer> packages() {
        Map<String, Integer> lines = new TreeMap<>();
        for (Path file : files) {
            lines.merge(String.valueOf(file.getParent()), lines(file), Integer::sum);
        }
        return lines;
    }

    private static int lines(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return (int) lines.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lines of each method, constructor and initializer, from its first word to its last brace. */
    Map<String, Integer> methods() {
        Map<String, Integer> lines = new TreeMap<>();
        parse((unit, positions) -> new TreePathScanner<Void, String>() {
            @Override
            public Void visitClass(ClassTree type, String outer) {
                String name = outer + "." + type.getSimpleName();
                for (var member : type.getMembers()) {
                    if (member instanceof BlockTree) {
                        lines.put(
                                name + " initializer at line " + line(positions.getStartPosition(unit, member)),
                                length(member));
                    }
                }
                return super.visitClass(type, name);
            }

            @Override
            public Void visitMethod(MethodTree method, String outer) {
                String name =
                        outer + "." + method.getName() + " at line " + line(positions.getStartPosition(unit, method));
                lines.put(name, length(method));
                return super.visitMethod(method, outer);
            }

            private int length(com.sun.source.tree.Tree tree) {
                return line(positions.getEndPosition(unit, tree)) - line(positions.getStartPosition(unit, tree)) + 1;
            }

            private int line(long position) {
                return (int) unit.getLineMap().getLineNumber(position);
            }
        });
        return lines;
    }

    /** The places and texts of string literals in which a pattern is found; comments are not looked at. */
    List<String> literals(Pattern pattern) {
        List<String> found = new ArrayList<>();
        parse((unit, positions) -> new TreePathScanner<Void, String>() {
            @Override
            public Void visitLiteral(LiteralTree literal, String file) {
                boolean text = literal.getKind() == Kind.STRING_LITERAL;
                if (text && pattern.matcher(String.valueOf(literal.getValue())).find()) {
                    long line = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, literal));
                    found.add(file + ":" + line + " \"" + literal.getValue() + "\"");
                }
                return super.visitLiteral(literal, file);
            }
        });
        return found;
    }

    /** The tests that bear each tag, themselves or by their class, by the tag's text; a tag on anything else is left out. */
    Map<String, List<String>> tags() {
        Map<String, List<String>> tests = new TreeMap<>();
        parse((unit, positions) -> new TreePathScanner<Void, String>() {
            @Override
            public Void visitClass(ClassTree type, String outer) {
                String name = type.getSimpleName().toString();
                for (var member : type.getMembers()) {
                    if (member instanceof MethodTree method && isTest(method.getModifiers())) {
                        note(type.getModifiers(), name + "." + method.getName());
                        note(method.getModifiers(), name + "." + method.getName());
                    }
                }
                return super.visitClass(type, name);
            }

            private void note(ModifiersTree modifiers, String test) {
                for (AnnotationTree annotation : modifiers.getAnnotations()) {
                    if (annotation.getAnnotationType().toString().equals("Tag")) {
                        tests.computeIfAbsent(value(annotation), tag -> new ArrayList<>())
                                .add(test);
                    }
                }
            }
        });
        return tests;
    }

    private static boolean isTest(ModifiersTree modifiers) {
        return modifiers.getAnnotations().stream()
                .anyMatch(annotation ->
                        TEST_ANNOTATIONS.contains(annotation.getAnnotationType().toString()));
    }

    /** The text of an annotation with one argument, named or not. */
    private static String value(AnnotationTree annotation) {
        ExpressionTree argument = annotation.getArguments().get(0);
        if (argument instanceof AssignmentTree named) {
            argument = named.getExpression();
        }
        return argument instanceof LiteralTree literal ? String.valueOf(literal.getValue()) : argument.toString();
    }

    private interface Visit {
        TreePathScanner<Void, String> of(CompilationUnitTree unit, SourcePositions positions);
    }

    private void parse(Visit visit) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            JavacTask task = (JavacTask)
                    compiler.getTask(null, manager, null, List.of(), null, manager.getJavaFileObjectsFromPaths(files));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                String file =
                        Path.of(unit.getSourceFile().toUri()).getFileName().toString();
                visit.of(unit, positions).scan(unit, file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
