package dev.avionics.architecture;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.domain.JavaTypeVariable;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.NullMarked;

/** The rules about who may refer to what, for the tree below one root package. */
final class Arrows {
    private static final String NETTY = "airframe.http.netty";
    private static final String SERVICE = "llm.service";
    private static final List<String> SIGNATURE_LIBRARIES =
            List.of("java", "jakarta.inject", "org.jspecify", "org.slf4j");

    private final String root;

    Arrows(String root) {
        this.root = root;
    }

    /** All rules by a short name. */
    Map<String, ArchRule> rules() {
        Map<String, ArchRule> rules = new LinkedHashMap<>();
        rules.put("known packages", rule("be in a package that a module claims", this::checkClaimed));
        for (Module module : Module.values()) {
            rules.put(
                    "arrows of " + module.artifact(),
                    rule(
                            "follow the arrows of " + module.artifact(),
                            (type, report) -> checkArrows(module, type, report)));
        }
        rules.put("adapters apart", rule("not refer to another adapter, but for openai", this::checkAdapters));
        rules.put("netty client hidden", rule("leave " + NETTY + " to airframe-core", this::checkNettyClient));
        rules.put("service apart", rule("not refer to " + SERVICE, this::checkService));
        rules.put("guice", only("com.google.inject", ""::equals));
        rules.put(
                "netty",
                only(
                        "io.netty",
                        name -> name.equals(NETTY) || name.equals("server.http") || name.equals("testkit.leak")));
        rules.put(
                "telemetry sdk",
                only(
                        "io.opentelemetry.sdk",
                        name -> Module.ofPackage(name)
                                .filter(Module.AVIONICS_SERVER::equals)
                                .isPresent()));
        rules.put("core signatures", rule("show no third-party type in airframe-core's API", this::checkSignatures));
        rules.put("null-marked", rule("be in a @NullMarked package", this::checkNullMarked));
        return rules;
    }

    private void checkClaimed(JavaClass type, Report report) {
        if (module(type).isEmpty()) {
            report.wrong("no module claims package " + type.getPackageName() + " (see Module)");
        }
    }

    private void checkArrows(Module module, JavaClass type, Report report) {
        if (!module(type).filter(module::equals).isPresent()) {
            return;
        }
        Set<Module> reach = module.reach();
        targets(type)
                .forEach((target, how) -> module(target)
                        .filter(other -> !reach.contains(other))
                        .ifPresent(other -> report.wrong(
                                how + ": no arrow leads from " + module.artifact() + " to " + other.artifact())));
    }

    private void checkAdapters(JavaClass type, Report report) {
        Optional<String> own = adapter(type);
        if (own.isEmpty()) {
            return;
        }
        targets(type)
                .forEach((target, how) -> adapter(target)
                        .filter(other -> !other.equals(own.get()) && !other.equals("openai"))
                        .ifPresent(other -> report.wrong(how + ": adapters may share openai only")));
    }

    private void checkNettyClient(JavaClass type, Report report) {
        if (module(type).filter(Module.AIRFRAME_CORE::equals).isPresent()) {
            return;
        }
        targets(type).forEach((target, how) -> {
            if (relative(target).filter(NETTY::equals).isPresent()) {
                report.wrong(how + ": " + NETTY + " is not exported");
            }
        });
    }

    /** The service and its bus are for programs: nothing of ours builds on them. */
    private void checkService(JavaClass type, Report report) {
        if (relative(type).filter(SERVICE::equals).isPresent()) {
            return;
        }
        targets(type).forEach((target, how) -> {
            if (relative(target).filter(SERVICE::equals).isPresent()) {
                report.wrong(how + ": nothing imports " + SERVICE);
            }
        });
    }

    private ArchRule only(String library, Predicate<String> allowed) {
        return rule("leave " + library + " to its own place", (type, report) -> {
            if (relative(type).filter(allowed).isPresent()) {
                return;
            }
            targets(type).forEach((target, how) -> {
                if (below(library, target.getPackageName())) {
                    report.wrong(how + ": " + library + " is not for this package");
                }
            });
        });
    }

    private void checkSignatures(JavaClass type, Report report) {
        boolean checked = module(type).filter(Module.AIRFRAME_CORE::equals).isPresent()
                && relative(type).filter(name -> !name.equals(NETTY)).isPresent()
                && isOpen(type);
        if (!checked) {
            return;
        }
        signature(type)
                .forEach((where, types) -> types.stream()
                        .map(JavaClass::getBaseComponentType)
                        .filter(used -> !allowedInSignature(used))
                        .forEach(used -> report.wrong(where + " shows " + used.getName())));
    }

    private boolean allowedInSignature(JavaClass used) {
        return used.isPrimitive()
                || relative(used).filter(name -> !name.equals(NETTY)).isPresent()
                || SIGNATURE_LIBRARIES.stream().anyMatch(library -> below(library, used.getPackageName()));
    }

    private static boolean isOpen(JavaClass type) {
        boolean open = type.getModifiers().contains(JavaModifier.PUBLIC)
                || type.getModifiers().contains(JavaModifier.PROTECTED);
        return open && type.getEnclosingClass().map(Arrows::isOpen).orElse(true);
    }

    private static Map<String, Set<JavaClass>> signature(JavaClass type) {
        Map<String, Set<JavaClass>> found = new LinkedHashMap<>();
        List<JavaType> head = new ArrayList<>(type.getInterfaces());
        type.getSuperclass().ifPresent(head::add);
        head.addAll(bounds(type.getTypeParameters()));
        found.put(type.getName(), raw(head));
        for (JavaField field : type.getFields()) {
            if (open(field.getModifiers())) {
                found.put(field.getFullName(), raw(List.of(field.getType())));
            }
        }
        for (JavaCodeUnit unit : type.getCodeUnits()) {
            if (open(unit.getModifiers())) {
                List<JavaType> parts = new ArrayList<>(unit.getParameterTypes());
                parts.add(unit.getReturnType());
                parts.addAll(unit.getExceptionTypes());
                parts.addAll(bounds(unit.getTypeParameters()));
                found.put(unit.getFullName(), raw(parts));
            }
        }
        return found;
    }

    private static boolean open(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }

    private static List<JavaType> bounds(List<? extends JavaTypeVariable<?>> parameters) {
        return parameters.stream()
                .flatMap(parameter -> parameter.getUpperBounds().stream())
                .toList();
    }

    private static Set<JavaClass> raw(List<JavaType> types) {
        Set<JavaClass> raw = new LinkedHashSet<>();
        types.forEach(type -> raw.addAll(type.getAllInvolvedRawTypes()));
        return raw;
    }

    private void checkNullMarked(JavaClass type, Report report) {
        JavaPackage where = type.getPackage();
        if (!where.isAnnotatedWith(NullMarked.class)) {
            report.wrong("package " + where.getName() + " is not @NullMarked");
        }
    }

    private Optional<Module> module(JavaClass type) {
        return relative(type).flatMap(Module::ofPackage);
    }

    private Optional<String> adapter(JavaClass type) {
        return relative(type)
                .filter(name -> Module.ofPackage(name)
                        .filter(Module.AIRFRAME_ADAPTERS::equals)
                        .isPresent())
                .map(name -> name.split("\\.")[1]);
    }

    /** The package below the root; empty for types of others. */
    private Optional<String> relative(JavaClass type) {
        String name = type.getPackageName();
        if (!below(root, name)) {
            return Optional.empty();
        }
        return Optional.of(name.equals(root) ? "" : name.substring(root.length() + 1));
    }

    private static boolean below(String parent, String name) {
        return name.equals(parent) || name.startsWith(parent + ".");
    }

    private static Map<JavaClass, String> targets(JavaClass type) {
        Map<JavaClass, String> targets = new LinkedHashMap<>();
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
            targets.putIfAbsent(dependency.getTargetClass().getBaseComponentType(), dependency.getDescription());
        }
        return targets;
    }

    private static ArchRule rule(String should, BiConsumer<JavaClass, Report> check) {
        ArchCondition<JavaClass> condition = new ArchCondition<>(should) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                check.accept(
                        type,
                        message -> events.add(SimpleConditionEvent.violated(type, type.getName() + ": " + message)));
            }
        };
        return ArchRuleDefinition.classes().should(condition);
    }

    private interface Report {
        void wrong(String message);
    }
}
