package io.mailstream.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.schemas.DeliveryTags;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.schemas.Topics;
import io.mailstream.schemas.serde.MailstreamAvroDeserializer;
import io.mailstream.schemas.serde.MailstreamAvroSerializer;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.v1.Lane;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.SendResult;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * One mail whose producer traces it, followed from its request through topology, hold queue,
 * sender, ESP and signed callback to the topology again, by the spans that were made and by the
 * headers of the records.
 */
final class TracedMail implements AutoCloseable {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PRODUCER = "00f067aa0ba902b7";
  private static final String ID = "traced-1";
  private static final String ADDRESS = "success+traced@simulator.amazonses.com";
  private static final Duration HELD = Duration.ofSeconds(3);
  private static final Duration WITHIN = Duration.ofSeconds(30);

  private final LocalSystem system;
  private final InMemorySpanExporter exporter;
  private final Topics topics;
  private final KafkaConsumer<String, Object> consumer;
  private final List<ConsumerRecord<String, Object>> records = new ArrayList<>();

  TracedMail(LocalSystem system, InMemorySpanExporter exporter) {
    this.system = system;
    this.exporter = exporter;
    this.topics = system.topics();
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                system.bootstrapServers(),
                "schema.registry.url",
                system.registryUrl(),
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "earliest",
                "key.deserializer",
                StringDeserializer.class,
                "value.deserializer",
                MailstreamAvroDeserializer.class));
    consumer.assign(
        Stream.of(topics.results(), topics.feedback())
            .flatMap(topic -> consumer.partitionsFor(topic).stream())
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList());
  }

  /** Produces the request: to be held for a while. */
  void send() throws Exception {
    SendRequest request = MailClient.request("traced", ID, "receipts", ADDRESS);
    request.setSendAt(Instant.now().plus(HELD));
    ProducerRecord<String, SendRequest> record =
        new ProducerRecord<>(
            topics.requests(Lane.TRANSACTIONAL), RecipientKey.of(ADDRESS), request);
    record
        .headers()
        .add("traceparent", ascii("00-%s-%s-01".formatted(TRACE, PRODUCER)))
        .add("tracestate", ascii("vendor=1"));
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            system.bootstrapServers(),
            "schema.registry.url",
            system.registryUrl(),
            "key.serializer",
            StringSerializer.class,
            "value.serializer",
            MailstreamAvroSerializer.class);
    try (KafkaProducer<String, SendRequest> producer = new KafkaProducer<>(settings)) {
      producer.send(record).get();
    }
  }

  /** Each step is the child of the one before, and each record names the step that wrote it. */
  void isOneTrace() {
    await("the topology has taken the callback", () -> delivered().isPresent());
    List<SpanData> way = wayTo(delivered().orElseThrow());

    assertThat(way)
        .extracting(SpanData::getName)
        .containsExactly(
            "process mail.requests.transactional",
            "hold",
            "call ses",
            "send mail.feedback",
            "process mail.feedback");
    assertThat(way)
        .extracting(SpanData::getKind)
        .containsExactly(
            SpanKind.CONSUMER,
            SpanKind.INTERNAL,
            SpanKind.CLIENT,
            SpanKind.PRODUCER,
            SpanKind.CONSUMER);
    assertThat(way)
        .extracting(span -> attribute(span.getResource().getAttributes().asMap(), "service.name"))
        .containsExactly(
            "streams-app", "streams-app", "streams-app", "webhook-ingest", "streams-app");
    assertThat(way.getFirst().getParentSpanId()).isEqualTo(PRODUCER);
    assertThat(way.getFirst().getParentSpanContext().getTraceState().get("vendor")).isEqualTo("1");
    assertThat(Duration.ofNanos(way.get(1).getEndEpochNanos() - way.get(1).getStartEpochNanos()))
        .isBetween(Duration.ofMillis(1), HELD.plusMinutes(1));
    assertThat(attribute(way.get(1), "mailstream.hold.reason")).isEqualTo("scheduled");
    assertThat(attribute(way.get(2), "mailstream.outcome")).isEqualTo("accepted");
    assertThat(attribute(way.get(2), "mailstream.account")).isEqualTo("ses-simulator");
    recordsNameTheStepThatWroteThem(way);
    spansHoldNoAddress();
  }

  private void recordsNameTheStepThatWroteThem(List<SpanData> way) {
    ConsumerRecord<String, Object> result =
        record(value -> value instanceof SendResult one && ID.equals(one.getRequestId()));
    ConsumerRecord<String, Object> event =
        record(value ->
            value instanceof FeedbackEvent one
                && ID.equals(one.getRequestId())
                && one.getType() == FeedbackType.DELIVERED);

    assertThat(traceparent(result)).isEqualTo(traceparent(way.get(2)));
    assertThat(traceparent(event)).isEqualTo(traceparent(way.get(3)));
    assertThat(((FeedbackEvent) event.value()).getTags())
        .containsEntry(MailClient.RUN_TAG, "traced")
        .doesNotContainKey(DeliveryTags.TRACEPARENT);
  }

  private void spansHoldNoAddress() {
    assertThat(exporter.getFinishedSpanItems())
        .allSatisfy(span ->
            assertThat(span.getName() + " " + span.getAttributes())
                .doesNotContain("success+", "Hello from", "@"));
  }

  /** The step that took the report of the delivery. */
  private Optional<SpanData> delivered() {
    return spans().values().stream()
        .filter(span -> span.getName().equals("process mail.feedback"))
        .filter(span -> "DELIVERED".equals(attribute(span, "mailstream.event")))
        .findFirst();
  }

  /** From the first step to a last, by their parents. */
  private List<SpanData> wayTo(SpanData last) {
    Map<String, SpanData> spans = spans();
    List<SpanData> way = new ArrayList<>();
    for (SpanData span = last; span != null; span = spans.get(span.getParentSpanId())) {
      way.addFirst(span);
    }
    return way;
  }

  private Map<String, SpanData> spans() {
    return exporter.getFinishedSpanItems().stream()
        .filter(span -> span.getTraceId().equals(TRACE))
        .collect(Collectors.toMap(SpanData::getSpanId, span -> span));
  }

  private ConsumerRecord<String, Object> record(Predicate<Object> matches) {
    await("a record", () -> find(matches).isPresent());
    return find(matches).orElseThrow();
  }

  private Optional<ConsumerRecord<String, Object>> find(Predicate<Object> matches) {
    return records.stream().filter(record -> matches.test(record.value())).findFirst();
  }

  private void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + WITHIN.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "not within %s: %s; spans: %s"
                .formatted(
                    WITHIN, what, spans().values().stream().map(SpanData::getName).toList()));
      }
      consumer.poll(Duration.ofMillis(100)).forEach(records::add);
    }
  }

  private static String traceparent(SpanData span) {
    return "00-%s-%s-01".formatted(TRACE, span.getSpanId());
  }

  private static String traceparent(ConsumerRecord<?, ?> record) {
    return new String(
        record.headers().lastHeader("traceparent").value(), StandardCharsets.US_ASCII);
  }

  private static String attribute(SpanData span, String name) {
    return attribute(span.getAttributes().asMap(), name);
  }

  private static String attribute(Map<AttributeKey<?>, Object> attributes, String name) {
    return attributes.entrySet().stream()
        .filter(one -> one.getKey().getKey().equals(name))
        .map(one -> String.valueOf(one.getValue()))
        .findFirst()
        .orElse(null);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
