package dev.avionics.llm.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.llm.schema.Described;
import dev.avionics.llm.schema.JsonMismatchException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ToolMethodsTest {
    enum Unit {
        CELSIUS,
        FAHRENHEIT
    }

    record Place(String city, @Nullable String country) {}

    static class Base {
        @ToolMethod("is inherited")
        String inherited() {
            return "base";
        }

        @ToolMethod("is overridden")
        String overridden() {
            return "base";
        }
    }

    static final class Weather extends Base {
        @ToolMethod("Tells the weather")
        private String weather(
                @Described("where") Place place,
                @Described(value = "of degrees", name = "unit_of_measure") Unit unit,
                List<Integer> days,
                Optional<Boolean> wind,
                @Nullable Integer hours) {
            return place + " " + unit + " " + days + " " + wind + " " + hours;
        }

        @ToolMethod(value = "does nothing", name = "do_nothing")
        void nothing() {}

        @Override
        @ToolMethod("is here")
        String overridden() {
            return "derived";
        }

        @ToolMethod("fails")
        static String fails() throws Exception {
            throw new java.io.IOException("no");
        }

        String noTool() {
            return "";
        }
    }

    private static Tool tool(String name) {
        return Tool.methodsOf(new Weather()).stream()
                .filter(tool -> tool.spec().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void methodsOf_markedMethods_areToolsInAStableOrder() {
        assertThat(Tool.methodsOf(new Weather()))
                .extracting(tool -> tool.spec().name())
                .containsExactly("fails", "do_nothing", "overridden", "weather", "inherited");
    }

    @Test
    void schema_ofParameters_isMadeOfTheirTypes() {
        assertThat(tool("weather").spec().description()).isEqualTo("Tells the weather");
        assertThat(tool("weather").spec().parametersJson())
                .isEqualTo("{\"type\":\"object\",\"properties\":{"
                        + "\"place\":{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"},\"country\":{\"type\":"
                        + "[\"string\",\"null\"]}},\"required\":[\"city\"],\"additionalProperties\":false,\"description\":\"where\"},"
                        + "\"unit_of_measure\":{\"type\":\"string\",\"enum\":[\"CELSIUS\",\"FAHRENHEIT\"],\"description\":"
                        + "\"of degrees\"},"
                        + "\"days\":{\"type\":\"array\",\"items\":{\"type\":\"integer\"}},"
                        + "\"wind\":{\"type\":[\"boolean\",\"null\"]},"
                        + "\"hours\":{\"type\":[\"integer\",\"null\"]}},"
                        + "\"required\":[\"place\",\"unit_of_measure\",\"days\"],\"additionalProperties\":false}");
    }

    @Test
    void call_convertsArguments() throws Exception {
        assertThat(tool("weather")
                        .bind(
                                "{\"place\":{\"city\":\"Bern\"},\"unit_of_measure\":\"CELSIUS\",\"days\":[1,2],\"wind\":true}")
                        .call())
                .isEqualTo("Place[city=Bern, country=null] CELSIUS [1, 2] Optional[true] null");
        assertThat(tool("do_nothing").bind("{}").call()).isEqualTo("done");
        assertThat(tool("overridden").bind("{}").call()).isEqualTo("derived");
        assertThat(tool("inherited").bind("{}").call()).isEqualTo("base");
    }

    @Test
    void bind_wrongArguments_namesThePath() {
        assertThatThrownBy(() -> tool("weather")
                        .bind("{\"place\":{\"city\":1},\"unit_of_measure\":\"CELSIUS\",\"days\":[\"x\"]}"))
                .isInstanceOf(JsonMismatchException.class)
                .hasMessageContaining("$.place.city: integer found, string expected")
                .hasMessageContaining("$.days[0]: string found, integer expected");
        assertThatThrownBy(() -> tool("weather")
                        .bind("{\"place\":{\"city\":\"\"},\"unit_of_measure\":\"CELSIUS\",\"days\":[3000000000]}"))
                .hasMessage("$.days[0]: 3000000000 (expected: a whole number that fits into int)");
    }

    @Test
    void call_whatTheMethodThrows_isThrownItself() {
        assertThatThrownBy(() -> tool("fails").bind("{}").call())
                .isInstanceOf(java.io.IOException.class)
                .hasMessage("no");
    }

    @Test
    void methodsOf_nothingToCallOrTwoOfAName_isRefused() {
        class Twice {
            @ToolMethod("a")
            void a(int x) {}

            @ToolMethod("b")
            void a(String x) {}
        }
        class Odd {
            @ToolMethod("a")
            void a(Thread thread) {}
        }

        assertThatThrownBy(() -> Tool.methodsOf("text")).hasMessageContaining("expected: a method with @ToolMethod");
        assertThatThrownBy(() -> Tool.methodsOf(new Twice())).hasMessageContaining("are the tool a");
        assertThatThrownBy(() -> Tool.methodsOf(new Odd())).hasMessageContaining("Odd.a.thread: java.lang.Thread");
    }

    @Test
    void of_record_readsTheArgumentsIntoIt() throws Exception {
        Tool tool = Tool.of("where", "names a place", Place.class, place -> place.city() + "!");

        assertThat(tool.bind("{\"city\":\"Bern\"}").call()).isEqualTo("Bern!");
        assertThatThrownBy(() -> tool.bind("{\"town\":\"Bern\"}"))
                .hasMessageContaining("required property 'city' not found")
                .hasMessageContaining("town");
    }
}
