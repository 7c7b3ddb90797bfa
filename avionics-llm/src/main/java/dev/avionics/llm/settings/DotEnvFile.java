package dev.avionics.llm.settings;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The entries of a {@code .env} file.
 *
 * <p>A line is {@code NAME=value}, with {@code export } in front if one likes, empty, or a comment after {@code #}. A
 * value may stand in single quotes (taken as it is) or double quotes ({@code \n}, {@code \r}, {@code \t}, {@code \"} and
 * {@code \\} are understood); quoted values may go over several lines. Without quotes a comment begins at a {@code #}
 * with white space before it, since keys may hold one. Nothing is put in for {@code ${…}}. Of several entries of one name
 * the last one counts.
 */
final class DotEnvFile {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");

    private final Path file;
    private final String text;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private int at;
    private int line = 1;

    /**
     * One value.
     *
     * @param line where its name stands, from 1
     */
    record Entry(String value, int line) {}

    private DotEnvFile(Path file, String text) {
        this.file = file;
        this.text = text;
    }

    /**
     * Reads a file.
     *
     * @throws SettingsException with file and line if it cannot be read; never with what stands there, which may be a key
     */
    static Map<String, Entry> read(Path file) {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new SettingsException(file + ": no such file");
        } catch (CharacterCodingException e) {
            throw new SettingsException(file + ": not UTF-8 text");
        } catch (IOException e) {
            throw new SettingsException(file + ": cannot be read: " + e.getMessage());
        }
        return parse(file, text);
    }

    static Map<String, Entry> parse(Path file, String text) {
        String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
        DotEnvFile parser = new DotEnvFile(file, plain.replace("\r\n", "\n"));
        while (parser.at < parser.text.length()) {
            parser.line();
        }
        return parser.entries;
    }

    private void line() {
        skipBlanks();
        if (atLineEnd() || text.charAt(at) == '#') {
            nextLine();
            return;
        }
        int start = line;
        int end = lineEnd();
        int equals = text.indexOf('=', at);
        if (equals < 0 || equals >= end) {
            throw malformed("no = in it");
        }
        String name = text.substring(at, equals).strip();
        if (name.startsWith("export ") || name.startsWith("export\t")) {
            name = name.substring("export ".length()).strip();
        }
        if (!NAME.matcher(name).matches()) {
            throw malformed("the name has characters that names do not have");
        }
        at = equals + 1;
        skipBlanks();
        String value;
        if (!atLineEnd() && (text.charAt(at) == '"' || text.charAt(at) == '\'')) {
            value = quoted(text.charAt(at));
            rest();
        } else {
            value = unquoted();
        }
        entries.put(name, new Entry(value, start));
        nextLine();
    }

    private String quoted(char quote) {
        int opened = line;
        StringBuilder value = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == quote) {
                at++;
                return value.toString();
            }
            if (c == '\n') {
                line++;
            }
            if (c == '\\' && quote == '"' && at + 1 < text.length()) {
                int escaped = "nrt\"\\".indexOf(text.charAt(at + 1));
                if (escaped >= 0) {
                    value.append("\n\r\t\"\\".charAt(escaped));
                    at++;
                    continue;
                }
            }
            value.append(c);
        }
        line = opened;
        throw malformed("a quote is opened and not closed");
    }

    private void rest() {
        skipBlanks();
        if (!atLineEnd() && text.charAt(at) != '#') {
            throw malformed("text after the closing quote");
        }
    }

    private String unquoted() {
        int end = lineEnd();
        for (int i = at; i < end; i++) {
            if (text.charAt(i) == '#' && (i == at || isBlank(text.charAt(i - 1)))) {
                return text.substring(at, i).strip();
            }
        }
        return text.substring(at, end).strip();
    }

    private void skipBlanks() {
        while (at < text.length() && isBlank(text.charAt(at))) {
            at++;
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\r';
    }

    private boolean atLineEnd() {
        return at >= text.length() || text.charAt(at) == '\n';
    }

    private int lineEnd() {
        int end = text.indexOf('\n', at);
        return end < 0 ? text.length() : end;
    }

    private void nextLine() {
        at = lineEnd() + 1;
        line++;
    }

    private SettingsException malformed(String why) {
        return new SettingsException(file + ":" + line + ": " + why + " (expected: NAME=value)");
    }
}
