package io.mailstream.webhook;

import io.mailstream.schemas.DeadLetterHeaders;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.schemas.Topics;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.webhook.provider.Nonce;
import io.mailstream.webhook.provider.Receipt.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Writes events where they belong, and comes back when the brokers have acknowledged them all: what
 * bears on delivery to the feedback topic, opens and clicks to the engagement topic, what is not
 * understood to the dead letters. Keyed by the recipient, so that one partition has all about it.
 */
final class FeedbackPublisher {

  private final Topics topics;
  private final RecordWriter writer;

  FeedbackPublisher(Topics topics, RecordWriter writer) {
    this.topics = topics;
    this.writer = writer;
  }

  /**
   * Writes all of it: the nonce when the brokers have the rest, so that what was cut off in between
   * is taken again.
   *
   * @param nonce what is used up by it; empty: nothing
   * @throws NotAcknowledgedException if not all of it was acknowledged in time; a repeat does no
   *     harm
   */
  void publish(
      String provider, List<TracedEvent> events, List<DeadLetter> unknown, Optional<Nonce> nonce)
      throws NotAcknowledgedException {
    writer.inTime(() -> {
      List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
      events.forEach(event -> records.add(record(event)));
      unknown.forEach(letter -> records.add(record(provider, letter)));
      writer.send(records);
      if (nonce.isPresent()) {
        writer.send(List.of(record(nonce.get())));
      }
    });
  }

  /** Where events of a type are written. */
  String topic(FeedbackType type) {
    return type == FeedbackType.OPENED || type == FeedbackType.CLICKED
        ? topics.engagement()
        : topics.feedback();
  }

  private ProducerRecord<byte[], byte[]> record(TracedEvent traced) {
    FeedbackEvent event = traced.event();
    String topic = topic(event.getType());
    return new ProducerRecord<>(
        topic,
        null,
        RecipientKey.bytes(event.getRecipient()),
        writer.serialize(topic, event),
        traced.headers());
  }

  private ProducerRecord<byte[], byte[]> record(String provider, DeadLetter letter) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topics.deadLetters(), letter.body());
    record
        .headers()
        .add(DeadLetterHeaders.REASON, letter.reason().getBytes(StandardCharsets.UTF_8))
        .add(DeadLetterHeaders.ORIGIN_TOPIC, origin(provider).getBytes(StandardCharsets.UTF_8));
    return record;
  }

  /** What dead letters name as their origin. */
  static String origin(String provider) {
    return "/webhooks/" + provider;
  }

  private ProducerRecord<byte[], byte[]> record(Nonce nonce) {
    return new ProducerRecord<>(
        topics.webhookNonces().name(), NonceRecord.key(nonce), NonceRecord.value(nonce));
  }

  /** The topics it writes to. */
  List<Output> outputs() {
    FeedbackEvent sample =
        FeedbackEvent.newBuilder()
            .setEventId("sample")
            .setProvider("mailstream")
            .setType(FeedbackType.SENT)
            .setRecipient("sample@example.com")
            .setOccurredAt(Instant.EPOCH)
            .setReceivedAt(Instant.EPOCH)
            .build();
    return List.of(
        new Output(topics.feedback(), Optional.of(sample)),
        new Output(topics.engagement(), Optional.of(sample)),
        new Output(topics.deadLetters(), Optional.empty()));
  }
}
