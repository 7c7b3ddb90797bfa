package dev.avionics.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.net.URI;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The compiled classes that the rules are about, each tree read once. */
final class Tree {
    static final String ROOT = "dev.avionics";
    static final String WRONG_ROOT = "dev.avionics.architecture.wrong";

    private static final Pattern FOLDER = Pattern.compile(".*/([^/]+)/target/classes/.*");
    private static final Pattern JAR = Pattern.compile(".*/([a-z-]+?)-[0-9][^/]*\\.jar!/.*");

    private Tree() {}

    /** Main code of all published modules on the class path. */
    static JavaClasses real() {
        return Real.CLASSES;
    }

    /** The deliberately wrong tree in this module's test code. */
    static JavaClasses wrong() {
        return Wrong.CLASSES;
    }

    /** The artifactId of the folder or jar that a class was read from. */
    static String artifactOf(JavaClass type) {
        URI uri = type.getSource().orElseThrow().getUri();
        Matcher folder = FOLDER.matcher(uri.toString());
        if (folder.matches()) {
            return folder.group(1);
        }
        Matcher jar = JAR.matcher(uri.toString());
        if (jar.matches()) {
            return jar.group(1);
        }
        throw new IllegalStateException("neither a module's classes nor a jar: " + uri);
    }

    static String relativePackage(JavaClass type) {
        String name = type.getPackageName();
        return name.equals(ROOT) ? "" : name.substring(ROOT.length() + 1);
    }

    /** The folder of the whole project. */
    static Path project() {
        return Path.of(property("avionics.project"));
    }

    static String property(String name) {
        String value = System.getProperty(name);
        if (value == null) {
            throw new IllegalStateException(name + " is not set: the build passes it to the tests");
        }
        return value;
    }

    private static final class Real {
        static final JavaClasses CLASSES = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(ROOT);
    }

    private static final class Wrong {
        static final JavaClasses CLASSES = new ClassFileImporter().importPackages(WRONG_ROOT);
    }
}
