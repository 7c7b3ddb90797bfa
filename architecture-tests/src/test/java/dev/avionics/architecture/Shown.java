package dev.avionics.architecture;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Has one of everything that a listing shows or leaves out. */
@SuppressWarnings("unused")
public abstract class Shown<T extends Comparable<? super T> & Closeable> extends ShownParent implements Runnable {
    public static final int LIMIT = 3;
    final int hidden = 1;
    protected @Nullable String name;

    protected Shown(List<@Nullable String> names) {}

    Shown() {}

    public abstract <R extends @Nullable Object> R map(Function<? super T, ? extends R> mapper, int @Nullable [] marks)
            throws IOException;

    @SafeVarargs
    public static void join(Map.Entry<String, long[]>... parts) {}

    @Override
    public String toString() {
        return "";
    }

    void hidden() {}

    /** A record with a second constructor. */
    public record Pair<A>(A left, @Nullable Integer right) {
        public static final String MARK = "=";

        public Pair(A left) {
            this(left, 0);
        }

        public final Pair<A> swapped() {
            return this;
        }
    }

    /** An enum with a method. */
    public enum Kind {
        ONE,
        TWO;

        public Kind next() {
            return this == ONE ? TWO : ONE;
        }
    }

    /** A sealed port with a default method. */
    public sealed interface Port extends Closeable permits Door {
        void open();

        default boolean wide() {
            return false;
        }
    }

    static final class Hidden {
        public void unseen() {}
    }

    static final class Door implements Port {
        @Override
        public void open() {}

        @Override
        public void close() {}
    }
}

abstract class ShownParent {
    public void inherited() {}
}
