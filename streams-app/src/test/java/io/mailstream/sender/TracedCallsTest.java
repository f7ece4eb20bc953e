package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailstream.policy.Account;
import io.mailstream.runtime.tracing.OtelTracing;
import io.mailstream.runtime.tracing.TraceContext;
import io.mailstream.runtime.tracing.Tracing;
import io.mailstream.schemas.Topics;
import io.mailstream.sender.provider.Deliveries;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.ReasonCode;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;

class TracedCallsTest {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String CAME = "00-" + TRACE + "-00f067aa0ba902b7-01";

  private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  private final Tracing tracing = OtelTracing.to("test", 0, SimpleSpanProcessor.create(exporter));
  private final CountingProvider provider = new CountingProvider();
  private final Delivery delivery = Deliveries.to("jane.doe@example.org").build();
  private final Send send = send();

  private Send send() {
    ConsumerRecord<byte[], byte[]> source =
        new ConsumerRecord<>(
            "mail.dispatch.bulk",
            0,
            7,
            "jane.doe@example.org".getBytes(StandardCharsets.UTF_8),
            new byte[1]);
    source.headers().add("traceparent", CAME.getBytes(StandardCharsets.US_ASCII));
    source.headers().add("other", new byte[1]);
    Send made = new Send(null, source, 0);
    made.read(
        delivery,
        new AccountGate(
            new Account("main", "ses", Optional.empty(), Map.of()),
            provider,
            10,
            new AccountBreaker.Slow(Duration.ofSeconds(10), 80),
            InstantSource.system()));
    return made;
  }

  @Test
  void theCallIsAStepThatTagsAndRecordsGoOnWith() {
    AtomicReference<String> inside = new AtomicReference<>();
    call(
        tracing,
        mail -> {
          inside.set(TraceContext.current());
          return new SendOutcome.Accepted("m");
        });

    SpanData span = only();
    String step = "00-%s-%s-01".formatted(TRACE, span.getSpanId());
    assertThat(span.getName()).isEqualTo("call ses");
    assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
    assertThat(span.getParentSpanId()).isEqualTo("00f067aa0ba902b7");
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(attribute("mailstream.outcome")).isEqualTo("accepted");
    assertThat(attribute("mailstream.account")).isEqualTo("main");
    assertThat(attribute("mailstream.delivery_id")).isEqualTo(delivery.getDeliveryId());
    assertThat(inside).hasValue(step);
    assertThat(headers(written())).containsExactly(Map.entry("traceparent", step));
    assertThat(headers(evidence())).containsExactly(Map.entry("traceparent", step));
  }

  @Test
  void aRefusalSaysWhyWithoutTheAddress() {
    call(
        tracing,
        mail ->
            new SendOutcome.Rejected(
                ReasonCode.ESP_REJECTED, "refused (400 MessageRejected: jane.doe@example.org)"));

    assertThat(attribute("mailstream.outcome")).isEqualTo("rejected");
    assertThat(attribute("mailstream.esp.status")).isEqualTo("400");
    assertThat(attribute("error.type")).isEqualTo("ESP_REJECTED");
    assertThat(only().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(only().getAttributes().toString()).doesNotContain("jane", "@");
  }

  @Test
  void aProviderThatFailsEndsTheSpan() {
    assertThatThrownBy(() ->
            call(
                tracing,
                mail -> {
                  throw new IllegalStateException("jane.doe@example.org");
                }))
        .isInstanceOf(IllegalStateException.class);

    assertThat(attribute("error.type")).isEqualTo("java.lang.IllegalStateException");
    assertThat(only().toString()).doesNotContain("jane");
  }

  @Test
  void offTheTraceIsCarriedOnAsItCame() {
    AtomicReference<String> inside = new AtomicReference<>();
    call(
        Tracing.OFF,
        mail -> {
          inside.set(TraceContext.current());
          return new SendOutcome.Accepted("m");
        });

    assertThat(inside).hasNullValue();
    assertThat(headers(written())).containsExactly(Map.entry("traceparent", CAME));
  }

  private void call(Tracing by, Function<Delivery, SendOutcome> answer) {
    provider.answers(answer);
    new TracedCalls(by).call(send, delivery);
  }

  private ProducerRecord<byte[], byte[]> written() {
    return codec().outcome(send, Outcome.sent(delivery, "m", 1), 1);
  }

  private ProducerRecord<byte[], byte[]> evidence() {
    Optional<FeedbackEvent> event = Outcome.sent(delivery, "m", 1).evidence(delivery, 1);
    return codec().evidence(send, event.orElseThrow());
  }

  private static RecordCodec codec() {
    return new RecordCodec(
        Topics.withDefaultPrefix(), (topic, value) -> new byte[0], (topic, bytes) -> null);
  }

  private static Map<String, String> headers(ProducerRecord<?, ?> record) {
    Map<String, String> found = new TreeMap<>();
    for (Header header : record.headers()) {
      found.put(header.key(), new String(header.value(), StandardCharsets.US_ASCII));
    }
    return found;
  }

  private SpanData only() {
    assertThat(exporter.getFinishedSpanItems()).hasSize(1);
    return exporter.getFinishedSpanItems().getFirst();
  }

  private String attribute(String name) {
    return only().getAttributes().get(AttributeKey.stringKey(name));
  }
}
