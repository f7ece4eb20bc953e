package io.mailstream.runtime.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {

  private static final String ID = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String GOOD = "00-" + ID + "-00f067aa0ba902b7-01";

  @Test
  void theTraceIsThatOfTheRecord() {
    RecordHeaders headers = new RecordHeaders();
    assertThat(TraceContext.traceId(null)).isNull();
    assertThat(TraceContext.traceId(headers)).isNull();
    headers.add("traceparent", "rubbish".getBytes(StandardCharsets.US_ASCII));
    assertThat(TraceContext.traceId(headers)).isNull();
    assertThat(TraceContext.isIn(headers)).isFalse();
    headers.add("traceparent", GOOD.getBytes(StandardCharsets.US_ASCII));
    assertThat(TraceContext.traceId(headers)).isEqualTo(ID);
    assertThat(TraceContext.isIn(headers)).isTrue();
  }

  /** W3C Trace Context, 3.2.2: lower case, and no id is all zeros. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\n"
      })
  void whatIsMalformedIsNone(String text) {
    assertThat(TraceContext.isTraceparent(text)).isFalse();
    assertThat(TraceContext.isTraceparent(GOOD)).isTrue();
  }

  @Test
  void onlyTheTraceIsCarried() {
    RecordHeaders headers = new RecordHeaders();
    assertThat(TraceContext.of(headers)).isNull();
    headers.add("other", new byte[] {1});
    headers.add("traceparent", GOOD.getBytes(StandardCharsets.US_ASCII));
    headers.add("tracestate", "a=b".getBytes(StandardCharsets.US_ASCII));

    assertThat(TraceContext.of(headers)).hasSize(2);
    assertThat(TraceContext.of(headers).lastHeader("tracestate").value())
        .containsExactly("a=b".getBytes(StandardCharsets.US_ASCII));
    assertThat(TraceContext.traceId(TraceContext.of(GOOD))).isEqualTo(ID);
  }
}
