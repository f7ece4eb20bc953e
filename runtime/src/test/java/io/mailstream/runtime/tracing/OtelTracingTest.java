package io.mailstream.runtime.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class OtelTracingTest {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00f067aa0ba902b7";

  private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  private final Tracing tracing = tracing(0);

  private Tracing tracing(double ratio) {
    return OtelTracing.to("test", ratio, SimpleSpanProcessor.create(exporter));
  }

  private static Headers came(String flags) {
    Headers headers = TraceContext.of("00-%s-%s-%s".formatted(TRACE, PARENT, flags));
    headers.add("tracestate", "vendor=1".getBytes(StandardCharsets.US_ASCII));
    return headers.add("other", new byte[] {7});
  }

  @Test
  void aSpanIsTheChildOfWhatTheHeadersSayAndTheParentOfWhatGoesOn() {
    Headers on;
    try (MailSpan span = tracing.process("mail.requests.bulk", came("01"))) {
      span.with(TraceAttributes.TENANT, "acme").with(TraceAttributes.OFFSET, 7);
      on = span.on(came("01"));
    }

    SpanData span = only();
    assertThat(span.getName()).isEqualTo("process mail.requests.bulk");
    assertThat(span.getKind()).isEqualTo(SpanKind.CONSUMER);
    assertThat(span.getTraceId()).isEqualTo(TRACE);
    assertThat(span.getParentSpanId()).isEqualTo(PARENT);
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(attribute(span, "messaging.system")).isEqualTo("kafka");
    assertThat(attribute(span, "messaging.destination.name")).isEqualTo("mail.requests.bulk");
    assertThat(attribute(span, "mailstream.tenant")).isEqualTo("acme");
    assertThat(TraceContext.value(on, "traceparent"))
        .isEqualTo("00-%s-%s-01".formatted(TRACE, span.getSpanId()));
    assertThat(on.headers("traceparent")).hasSize(1);
    assertThat(TraceContext.value(on, "tracestate")).isEqualTo("vendor=1");
    assertThat(on.lastHeader("other").value()).containsExactly(7);
  }

  @Test
  void whatTheProducerDoesNotSampleIsCarriedOnAndNotExported() {
    try (MailSpan span = tracing(1).call("ses", came("00"))) {
      assertThat(TraceContext.value(span.on(new RecordHeaders()), "traceparent"))
          .startsWith("00-" + TRACE)
          .doesNotContain(PARENT)
          .endsWith("-00");
    }

    assertThat(exporter.getFinishedSpanItems()).isEmpty();
  }

  @Test
  void withoutATraceOneBeginsByTheRatio() {
    Headers malformed = TraceContext.of("00-nonsense");
    tracing(1).process("a", malformed).close();
    tracing(0).process("b", new RecordHeaders()).close();

    assertThat(only().getName()).isEqualTo("process a");
    assertThat(only().getParentSpanContext().isValid()).isFalse();
  }

  @Test
  void noAddressGetsOutAndAFailureIsSaid() {
    try (MailSpan span = tracing.send("mail.feedback", came("01"))) {
      span.with(TraceAttributes.STREAM, "for jane.doe@example.com")
          .with(TraceAttributes.ACCOUNT, null)
          .failed("not_acknowledged");
    }

    assertThat(attribute(only(), "mailstream.stream")).isEqualTo("for j***@example.com");
    assertThat(attribute(only(), "error.type")).isEqualTo("not_acknowledged");
    assertThat(only().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(only().getKind()).isEqualTo(SpanKind.PRODUCER);
  }

  @Test
  void aWaitHasTheTimesThatItIsTold() {
    tracing.hold(came("01"), 1_000).endedAt(3_500);

    assertThat(only().getStartEpochNanos()).isEqualTo(1_000_000_000L);
    assertThat(only().getEndEpochNanos()).isEqualTo(3_500_000_000L);
  }

  @Test
  void theStepThatAThreadIsInIsKnownWhileItIs() {
    MailSpan span = tracing.call("ses", came("01"));

    String inside = span.around(TraceContext::current);

    assertThat(TraceContext.isTraceparent(inside)).isTrue();
    assertThat(TraceContext.value(span.on(null), "traceparent")).isEqualTo(inside);
    assertThat(TraceContext.current()).isNull();
  }

  @Test
  void offItLeavesAllAsItIs() {
    Headers headers = came("01");
    try (MailSpan span = Tracing.OFF.process("mail.requests.bulk", headers)) {
      assertThat(span).isSameAs(MailSpan.NONE);
      assertThat(span.with("a", "b").with("c", 1).failed("d").on(headers)).isSameAs(headers);
      assertThat(span.around(TraceContext::current)).isNull();
    }
    assertThat(headers).isEqualTo(came("01"));
    assertThat(Tracing.OFF.isOn()).isFalse();
  }

  private SpanData only() {
    List<SpanData> spans = exporter.getFinishedSpanItems();
    assertThat(spans).hasSize(1);
    return spans.getFirst();
  }

  private static String attribute(SpanData span, String name) {
    return span.getAttributes().get(AttributeKey.stringKey(name));
  }
}
