package dev.avionics.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Holds what a page of the documentation quotes against the program that it is cut from. */
final class QuotedCode {
    private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    private QuotedCode() {}

    /** The blocks of code of a page that are not in a program as they are, white space apart. */
    static List<String> blocksThatAreNotIn(String page, String program) throws IOException {
        String code = Files.readString(Path.of("src/main/java/dev/avionics/examples/" + program + ".java"))
                .replaceAll("\\s+", "");
        List<String> strange = new ArrayList<>();
        int blocks = 0;
        for (Matcher block = BLOCK.matcher(Files.readString(Path.of("../docs/" + page))); block.find(); blocks++) {
            if (!code.contains(block.group(1).replaceAll("\\s+", ""))) {
                strange.add(block.group(1));
            }
        }
        if (blocks < 3) {
            strange.add("only " + blocks + " blocks");
        }
        return strange;
    }

    /** The first block of a page in some language that begins a line with some text. */
    static String block(String page, String language, String beginning) throws IOException {
        return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/" + page)))
                .results()
                .map(block -> block.group(1))
                .filter(text -> text.lines().anyMatch(line -> line.startsWith(beginning)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(page + " has no block of " + language + " with " + beginning));
    }
}
