package io.mailstream.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.runtime.tracing.OtelTracing;
import io.mailstream.runtime.tracing.TraceContext;
import io.mailstream.runtime.tracing.Tracing;
import io.mailstream.v1.Deferral;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.v1.Lane;
import io.mailstream.v1.SendRequest;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The spans of the whole topology, and what they leave in the headers of its records. */
class TracesTest {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String CAME = "00-" + TRACE + "-00f067aa0ba902b7-01";

  @TempDir private Path directory;
  private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  private MailDriver mail;

  @AfterEach
  void close() {
    mail.close();
  }

  private void start(Tracing tracing) {
    mail = new MailDriver(1, directory, tracing);
  }

  private Tracing traced(double ratio) {
    return OtelTracing.to("test", ratio, SimpleSpanProcessor.create(exporter));
  }

  private void request(SendRequest request, Headers headers) {
    mail.send(mail.topics.requests(Lane.TRANSACTIONAL), request, headers);
  }

  @Test
  void aMailThatDoesNotWaitHasOneSpanAndGoesOnWithIt() {
    start(traced(0));
    request(Requests.of("r1", "ann@example.com"), TraceContext.of(CAME));

    SpanData taken = only("process mail.requests.transactional");
    assertThat(taken.getParentSpanId()).isEqualTo("00f067aa0ba902b7");
    assertThat(attribute(taken, "mailstream.tenant")).isEqualTo("acme");
    assertThat(attribute(taken, "messaging.consumer.group.name")).isEqualTo("driver");
    assertThat(traceparent(dispatched())).isEqualTo(id(taken));
    assertThat(exporter.getFinishedSpanItems()).hasSize(1);
  }

  @Test
  void aRefusalIsPartOfTheTraceToo() {
    start(traced(0));
    request(Requests.of("r1", "no address"), TraceContext.of(CAME));

    assertThat(traceparent(mail.records(mail.topics.results()).getFirst()))
        .isEqualTo(id(only("process mail.requests.transactional")));
  }

  @Test
  void waitsAndRetriesHangBelowWhatCameBefore() {
    start(traced(0));
    request(
        Requests.builder("r1", "ann@example.com").setSendAt(mail.now().plusSeconds(60)).build(),
        TraceContext.of(CAME));
    mail.advance(Duration.ofSeconds(61));

    SpanData wait = only("hold");
    TestRecord<String, SpecificRecord> first = dispatched();
    assertThat(wait.getParentSpanId())
        .isEqualTo(only("process mail.requests.transactional").getSpanId());
    assertThat(attribute(wait, "mailstream.hold.reason")).isEqualTo("scheduled");
    assertThat(Duration.ofNanos(wait.getEndEpochNanos() - wait.getStartEpochNanos()))
        .isEqualTo(Duration.ofSeconds(61));
    assertThat(traceparent(first)).isEqualTo(id(wait));

    exporter.reset();
    mail.send(
        mail.topics.deferrals(),
        Deferral.newBuilder()
            .setDelivery((Delivery) first.value())
            .setReason(DeferralReason.RETRY)
            .setDeferredAt(mail.now())
            .build(),
        first.headers());
    mail.advance(Duration.ofSeconds(11));

    SpanData back = only("process mail.deferrals");
    assertThat(back.getParentSpanId()).isEqualTo(wait.getSpanId());
    assertThat(only("hold").getParentSpanId()).isEqualTo(back.getSpanId());
    assertThat(attribute(only("hold"), "mailstream.hold.reason")).isEqualTo("retry");
    assertThat(traceparent(dispatched())).isEqualTo(id(only("hold")));
  }

  @Test
  void aWaitThatEndsInAResultSaysSo() {
    start(traced(0));
    request(
        Requests.builder("r1", "ann@example.com")
            .setSendAt(mail.now().plusSeconds(60))
            .setExpiresAt(mail.now().plusSeconds(65))
            .build(),
        TraceContext.of(CAME));
    mail.advance(Duration.ofSeconds(90));

    assertThat(attribute(only("hold"), "mailstream.result")).isEqualTo("EXPIRED");
    assertThat(traceparent(mail.records(mail.topics.results()).getFirst()))
        .isEqualTo(id(only("hold")));
  }

  @Test
  void anEventIsPartOfItsMailsTraceAndOfNoOther() {
    start(traced(1));
    mail.send(mail.topics.feedback(), event("e1"), new RecordHeaders());
    assertThat(exporter.getFinishedSpanItems()).isEmpty();

    mail.send(mail.topics.feedback(), event("e2"), TraceContext.of(CAME));
    SpanData heard = only("process mail.feedback");
    assertThat(heard.getTraceId()).isEqualTo(TRACE);
    assertThat(attribute(heard, "mailstream.event")).isEqualTo("BOUNCED");
    assertThat(attribute(heard, "mailstream.delivery_id")).isEqualTo("d1");
  }

  @Test
  void aRequestWithoutATraceBeginsOne() {
    start(traced(1));
    request(Requests.of("r1", "ann@example.com"), new RecordHeaders());

    SpanData taken = only("process mail.requests.transactional");
    assertThat(taken.getParentSpanContext().isValid()).isFalse();
    assertThat(traceparent(dispatched()))
        .startsWith("00-%s-%s-".formatted(taken.getTraceId(), taken.getSpanId()));
  }

  @Test
  void offHeadersStayAsTheyCame() {
    start(Tracing.OFF);
    Headers came = TraceContext.of(CAME).add("other", new byte[] {7});
    request(Requests.of("r1", "ann@example.com"), came);
    request(Requests.of("r2", "bob@example.com"), new RecordHeaders());

    List<TestRecord<String, SpecificRecord>> records =
        mail.records(mail.topics.dispatch(Lane.TRANSACTIONAL));
    assertThat(records.get(0).headers()).isEqualTo(came);
    assertThat(records.get(1).headers()).isEmpty();
  }

  private static FeedbackEvent event(String id) {
    return FeedbackEvent.newBuilder()
        .setEventId(id)
        .setProvider("ses")
        .setType(FeedbackType.BOUNCED)
        .setRecipient("ann@example.com")
        .setDeliveryId("d1")
        .setOccurredAt(MailDriver.START)
        .setReceivedAt(MailDriver.START)
        .build();
  }

  private TestRecord<String, SpecificRecord> dispatched() {
    List<TestRecord<String, SpecificRecord>> records =
        mail.records(mail.topics.dispatch(Lane.TRANSACTIONAL));
    assertThat(records).hasSize(1);
    return records.getFirst();
  }

  private SpanData only(String name) {
    List<SpanData> spans =
        exporter.getFinishedSpanItems().stream()
            .filter(span -> span.getName().equals(name))
            .toList();
    assertThat(spans).as(name).hasSize(1);
    return spans.getFirst();
  }

  private static String id(SpanData span) {
    return "00-%s-%s-01".formatted(TRACE, span.getSpanId());
  }

  private static String traceparent(TestRecord<?, ?> record) {
    return new String(
        record.headers().lastHeader("traceparent").value(), StandardCharsets.US_ASCII);
  }

  private static String attribute(SpanData span, String name) {
    return span.getAttributes().get(AttributeKey.stringKey(name));
  }
}
