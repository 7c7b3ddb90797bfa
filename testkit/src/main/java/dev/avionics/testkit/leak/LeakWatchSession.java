package dev.avionics.testkit.leak;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Puts the {@link LeakWatch} in place before the first test class is loaded, and says at the end how many leaks there
 * were. The JUnit launcher finds it by ServiceLoader.
 */
public final class LeakWatchSession implements LauncherSessionListener {
    private static final String DETECT_EXTENSIONS = "junit.jupiter.extensions.autodetection.enabled";

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        if (System.getProperty(DETECT_EXTENSIONS) == null) {
            System.setProperty(DETECT_EXTENSIONS, "true");
        }
        LeakWatch.install();
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        System.out.println(
                "LeakWatch: " + LeakWatch.total() + " leaks found by " + LeakWatch.detectors() + " detectors");
    }
}
