package dev.avionics.examples;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.llm.Inference;
import dev.avionics.llm.factory.LLMFactory;
import dev.avionics.llm.schema.Described;
import dev.avionics.llm.schema.JsonMismatchException;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.structured.StructuredOutput;
import dev.avionics.llm.structured.StructuredResult;
import java.io.PrintStream;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a bill into an object. */
public final class StructuredExample {
    private StructuredExample() {}

    record Item(@Described("as it is printed") String name, int count, double price) {}

    record Bill(
            LocalDate day,
            List<Item> items,
            @Described("if there is one") Optional<String> table) {}

    /** Reads the first argument. */
    public static void main(String[] arguments) {
        try (Airframe airframe = Airframe.create();
                LLMFactory factory = new LLMFactory(AvionicsSettings.load(), airframe)) {
            read(factory.defaultProvider(), arguments[0], System.out);
        }
    }

    static void read(Inference inference, String text, PrintStream out) {
        StructuredOutput<Bill> bills =
                StructuredOutput.builder(inference, Bill.class).build();
        StructuredResult<Bill> result = bills.ask("Read this bill:\n" + text);

        Bill bill = result.value();
        double sum = bill.items().stream()
                .mapToDouble(item -> item.count() * item.price())
                .sum();
        out.println(bill.day() + ": " + sum + " (" + result.answers() + " answers)");
    }

    static void bySchema(Inference inference, PrintStream out) {
        StructuredOutput<Map<String, Object>> colours =
                StructuredOutput.builder(inference, "colour", """
                        {"type": "object", "properties": {"hex": {"type": "string", "pattern": "^#[0-9a-f]{6}$"}}, "required": ["hex"]}
                        """).build();
        try {
            out.println(colours.ask("The colour of the sky").value().get("hex"));
        } catch (JsonMismatchException e) {
            e.problems().forEach(out::println);
        }
    }

    static Bill whileItComes(StructuredOutput<Bill> bills, PrintStream out) {
        return bills.start(InferenceRequest.of("Make up a bill."), (answer, piece) -> out.print(piece))
                .join()
                .value();
    }
}
