package dev.avionics.airframe.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.spi.DefaultLoggingEventBuilder;
import org.slf4j.spi.NOPLoggingEventBuilder;

class CallLogTest {
    private final Line line = new Line();
    private final CallContext context = CallContext.create(Delivery.TRANSPORT);

    /** A line whose pairs can be looked at. */
    private static final class Line extends DefaultLoggingEventBuilder {
        Line() {
            super(LoggerFactory.getLogger(CallLogTest.class), Level.WARN);
        }

        List<String> pairs() {
            List<KeyValuePair> pairs = loggingEvent.getKeyValuePairs();
            return pairs == null
                    ? List.of()
                    : pairs.stream().map(pair -> pair.key + "=" + pair.value).toList();
        }
    }

    private static CallObserver ofTrace(String id) {
        return new CallObserver() {
            @Override
            public String traceId() {
                return id;
            }
        };
    }

    @Test
    void line_ofACallWithoutATrace_hasTheRequestsIdAlone() {
        CallLog.line(line, context);
        assertThat(line.pairs()).containsExactly("request_id=" + context.callId());
    }

    @Test
    void line_ofACallWhoseObserverKnowsTheTrace_hasIt() {
        CallLog.line(line, context.observedBy(CallObserver.NONE.and(ofTrace("t1"))));
        assertThat(line.pairs()).containsExactly("request_id=" + context.callId(), "trace_id=t1");
    }

    @Test
    void line_ofACallWithinACall_hasTheTraceOfTheAttribute() {
        CallContext attempt = context.observedBy(ofTrace("t1")).with(CallLog.TRACE_ID, "t2");
        CallLog.line(line, attempt.unobserved());
        assertThat(line.pairs()).containsExactly("request_id=" + context.callId(), "trace_id=t2");
    }

    @Test
    void line_thatNobodyWrites_asksForNothing() {
        List<String> asked = new ArrayList<>();
        CallObserver knows = new CallObserver() {
            @Override
            public String traceId() {
                asked.add("asked");
                return "t1";
            }
        };
        CallLog.line(NOPLoggingEventBuilder.singleton(), context.observedBy(knows));
        assertThat(asked).isEmpty();
    }

    @Test
    void traceId_ofAnObserverThatThrows_isNone() {
        CallObserver fails = new CallObserver() {
            @Override
            public String traceId() {
                throw new IllegalStateException("broken");
            }
        };
        CallLog.line(line, context.observedBy(fails).observedBy(ofTrace("t1")));
        assertThat(line.pairs()).containsExactly("request_id=" + context.callId(), "trace_id=t1");
    }
}
