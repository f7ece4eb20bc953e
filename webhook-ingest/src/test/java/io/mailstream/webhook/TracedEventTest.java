package io.mailstream.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.runtime.tracing.MailSpan;
import io.mailstream.runtime.tracing.OtelTracing;
import io.mailstream.runtime.tracing.TraceContext;
import io.mailstream.runtime.tracing.Tracing;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.opentelemetry.sdk.trace.SpanProcessor;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TracedEventTest {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String GOOD = "00-" + TRACE + "-00f067aa0ba902b7-01";

  @Test
  void theTagBecomesTheHeaderAlsoWhereNoSpansAreMade() {
    TracedEvent traced = traced(Map.of("ms_traceparent", GOOD, "campaign", "autumn"), Tracing.OFF);

    assertThat(header(traced)).isEqualTo(GOOD);
    assertThat(traced.event().getTags()).containsExactly(Map.entry("campaign", "autumn"));
    assertThat(traced.span()).isSameAs(MailSpan.NONE);
  }

  @Test
  void aSpanIsAStepInBetween() {
    try (Tracing tracing = OtelTracing.to("test", 1, SpanProcessor.composite())) {
      TracedEvent traced = traced(Map.of("ms_traceparent", GOOD), tracing);

      assertThat(TraceContext.traceId(traced.headers())).isEqualTo(TRACE);
      assertThat(header(traced)).isNotEqualTo(GOOD).endsWith("-01");
    }
  }

  @Test
  void whatIsNoTraceIsIgnored() {
    try (Tracing tracing = OtelTracing.to("test", 1, SpanProcessor.composite())) {
      for (String tag :
          new String[] {"", "rubbish", "00-" + "0".repeat(32) + "-1-01", GOOD + "\n"}) {
        TracedEvent traced = traced(Map.of("ms_traceparent", tag), tracing);

        assertThat(traced.headers()).as(tag).isNull();
        assertThat(traced.span()).as(tag).isSameAs(MailSpan.NONE);
        assertThat(traced.event().getTags()).as(tag).isEmpty();
      }
      assertThat(traced(Map.of(), tracing).headers()).isNull();
    }
  }

  private static TracedEvent traced(Map<String, String> tags, Tracing tracing) {
    return TracedEvent.of(
        FeedbackEvent.newBuilder()
            .setEventId("e1")
            .setProvider("ses")
            .setType(FeedbackType.BOUNCED)
            .setRecipient("jane@example.com")
            .setTags(tags)
            .setOccurredAt(Instant.EPOCH)
            .setReceivedAt(Instant.EPOCH)
            .build(),
        "mail.feedback",
        tracing);
  }

  private static String header(TracedEvent traced) {
    return new String(
        traced.headers().lastHeader("traceparent").value(), StandardCharsets.US_ASCII);
  }
}
