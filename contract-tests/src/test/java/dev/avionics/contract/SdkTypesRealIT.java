package dev.avionics.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The committed requests of the adapters against the types of the vendors' own SDKs, by {@code sdk-types/check.mjs}: each of its
 * checks is a test here, also those that prove it can fail.
 */
class SdkTypesRealIT {
    private static final Path CHECK = Path.of("sdk-types", "check.mjs");
    private static final long MOST_SECONDS = 120;

    @TestFactory
    List<DynamicTest> requests_ofTheAdapters_haveTheTypesOfTheSdks() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        "node", CHECK.toString(), RealParts.sdkTypes().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)).isTrue();
        List<DynamicTest> tests = new ArrayList<>();
        boolean failed = false;
        for (String line : out.lines().toList()) {
            String[] cells = line.split("\t", 3);
            failed |= cells[0].equals("fail");
            tests.add(DynamicTest.dynamicTest(cells[1], () -> assertThat(line).isEqualTo("pass\t" + cells[1])));
        }
        assertThat(tests).hasSizeGreaterThan(100);
        assertThat(process.exitValue()).isEqualTo(failed ? 1 : 0);
        return tests;
    }
}
