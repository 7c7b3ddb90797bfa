package dev.avionics.contract.state;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.gateway.state.LocalState;
import dev.avionics.gateway.state.SharedState;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** A state in front of another that can be gone, or lose its answers. */
final class FailingState {
    enum Fault {
        NONE,
        /** Nothing is carried out. */
        GONE,
        /** What is asked is carried out, but the answer does not arrive. */
        ANSWER_LOST
    }

    /** Checks arguments, and carries nothing out. */
    private final SharedState dead = LocalState.create();

    private final SharedState inner;
    private final AtomicInteger asked = new AtomicInteger();
    private Fault fault = Fault.NONE;
    private int left = Integer.MAX_VALUE;
    private Fault then = Fault.NONE;

    FailingState(SharedState inner) {
        this.inner = inner;
        dead.close();
    }

    synchronized void fault(Fault value) {
        fault = value;
        left = Integer.MAX_VALUE;
    }

    /** No fault for some operations, and then one. */
    synchronized void faultAfter(int operations, Fault value) {
        fault = Fault.NONE;
        left = operations;
        then = value;
    }

    private synchronized Fault next() {
        if (left == 0) {
            fault = then;
        } else {
            left--;
        }
        return fault;
    }

    /** How many operations arrived, pings included. */
    int asked() {
        return asked.get();
    }

    SharedState state() {
        return (SharedState) Proxy.newProxyInstance(
                SharedState.class.getClassLoader(),
                new Class<?>[] {SharedState.class},
                (proxy, method, arguments) -> call(method, arguments));
    }

    private Object call(Method method, Object[] arguments) throws Throwable {
        boolean operation = CompletionStage.class.isAssignableFrom(method.getReturnType());
        if (!operation) {
            return invoke(inner, method, arguments);
        }
        asked.incrementAndGet();
        Fault now = next();
        Object answer = invoke(now == Fault.GONE ? dead : inner, method, arguments);
        return now == Fault.NONE
                ? answer
                : CompletableFuture.failedFuture(
                        InferenceException.builder(ErrorCategory.REJECTED, "no connection to the state")
                                .origin(ErrorOrigin.US)
                                .build());
    }

    private static Object invoke(SharedState state, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(state, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
