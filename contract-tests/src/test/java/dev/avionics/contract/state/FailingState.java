package dev.avionics.contract.state;

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

    private final SharedState inner;
    private final AtomicInteger asked = new AtomicInteger();
    private volatile Fault fault = Fault.NONE;

    FailingState(SharedState inner) {
        this.inner = inner;
    }

    void fault(Fault value) {
        fault = value;
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
        Fault now = operation ? fault : Fault.NONE;
        if (operation) {
            asked.incrementAndGet();
        }
        Object answer = null;
        if (now != Fault.GONE) {
            try {
                answer = method.invoke(inner, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
        return now == Fault.NONE
                ? answer
                : CompletableFuture.failedFuture(new IllegalStateException("no connection to the state"));
    }
}
