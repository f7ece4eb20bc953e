package io.mailstream.sender.provider.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailstream.runtime.tracing.MailSpan;
import io.mailstream.runtime.tracing.OtelTracing;
import io.mailstream.runtime.tracing.TraceContext;
import io.mailstream.runtime.tracing.Tracing;
import io.mailstream.sender.mime.Composition;
import io.mailstream.sender.provider.Deliveries;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.ReasonCode;
import io.opentelemetry.sdk.trace.SpanProcessor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Asks an ESP's API what it would ask, and what an answer means. */
public final class HttpApis {

  public static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  private static final String TRACE_TAG = "ms_traceparent";
  private static final ObjectMapper JSON = new ObjectMapper();

  private HttpApis() {}

  /** The request for a delivery. */
  public static HttpCall call(HttpApi api, Delivery delivery) {
    assertThat(api.prepare(delivery)).isInstanceOf(HttpApi.Prepared.Ready.class);
    return ((HttpApi.Prepared.Ready) api.prepare(delivery)).call();
  }

  /** Its body as text. */
  public static String body(HttpCall call) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (byte[] piece : call.body()) {
      body.write(piece);
    }
    return body.toString(StandardCharsets.UTF_8);
  }

  /** Its body as JSON. */
  public static JsonNode json(HttpCall call) throws IOException {
    return JSON.readTree(body(call));
  }

  /** The trace goes along as a tag, that of the call and no other; without one there is no tag. */
  public static void carriesTheTrace(HttpApi api) throws IOException {
    Delivery forged = Deliveries.to("a@b.org").setTags(Map.of(TRACE_TAG, "00-forged")).build();
    assertThat(body(call(api, forged))).doesNotContain("traceparent");
    try (Tracing tracing = OtelTracing.to("test", 1, SpanProcessor.composite())) {
      MailSpan span = tracing.call("esp", new RecordHeaders());

      assertThat(body(span.around(() -> call(api, forged))))
          .contains(TRACE_TAG, span.around(TraceContext::current))
          .doesNotContain("forged");
    }
  }

  /** Why no request is made for a delivery. */
  public static ReasonCode refused(HttpApi api, Delivery delivery) {
    assertThat(api.prepare(delivery)).isInstanceOf(HttpApi.Prepared.Refused.class);
    Composition.Refused refused = ((HttpApi.Prepared.Refused) api.prepare(delivery)).why();
    assertThat(refused.detail()).doesNotContain("@");
    return refused.reason();
  }

  /** What an answer means, in one word: its scope or reason, with the minutes of a park. */
  public static String meaning(HttpApi api, int status, String body) {
    SendOutcome outcome = api.outcome(new HttpReply.Answer(status, Map.of(), body), NOW);
    return switch (outcome) {
      case SendOutcome.Accepted accepted -> accepted.providerMessageId();
      case SendOutcome.Rejected rejected -> rejected.reason().name();
      case SendOutcome.Ambiguous _ -> "AMBIGUOUS";
      case SendOutcome.Deferred deferred -> {
        Optional<Instant> until = deferred.notBefore();
        yield deferred.scope()
            + until
                .map(time -> " " + (time.getEpochSecond() - NOW.getEpochSecond()) / 60)
                .orElse("");
      }
    };
  }
}
