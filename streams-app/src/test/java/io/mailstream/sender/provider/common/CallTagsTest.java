package io.mailstream.sender.provider.common;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.runtime.tracing.MailSpan;
import io.mailstream.runtime.tracing.OtelTracing;
import io.mailstream.runtime.tracing.Tracing;
import io.mailstream.sender.provider.Deliveries;
import io.mailstream.v1.Delivery;
import io.opentelemetry.sdk.trace.SpanProcessor;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class CallTagsTest {

  private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9_-]{1,256}");

  private final Delivery delivery =
      Deliveries.to("user@example.org").setTags(Map.of("campaign", "autumn")).build();

  @Test
  void theTraceIsTheLastTagAndWhatAnEspHasNoRoomFor() {
    CallTags roomy = new CallTags(LEGAL, LEGAL, 50, 1_000, "");
    int without = roomy.of(delivery).size();
    try (Tracing tracing = OtelTracing.to("test", 1, SpanProcessor.composite())) {
      MailSpan span = tracing.call("ses", new RecordHeaders());

      assertThat(span.around(() -> roomy.of(delivery)).keySet()).endsWith("ms_traceparent");
      assertThat(span.around(() -> new CallTags(LEGAL, LEGAL, without, 1_000, "").of(delivery)))
          .isEqualTo(roomy.of(delivery))
          .containsKey("campaign")
          .doesNotContainKey("ms_traceparent");
    }
  }
}
