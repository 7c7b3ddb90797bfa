package dev.avionics.llm.model;

import java.net.URI;
import java.nio.file.Path;

/** Fetches in a process of its own. Arguments: folder, address, name, length, SHA-256. */
public final class StoreProcess {
    private StoreProcess() {}

    public static void main(String[] arguments) {
        ModelFile model = new ModelFile(arguments[2], Long.parseLong(arguments[3]), arguments[4]);
        Path file = ModelStore.builder(Path.of(arguments[0]))
                .model(model)
                .home(URI.create(arguments[1]))
                .python(arguments[0] + "/no-python")
                .build()
                .fetch((bytes, total, source) -> System.out.println(source));
        System.out.println("fetched " + file);
        System.exit(0);
    }
}
