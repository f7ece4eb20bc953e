package io.mailstream.sender;

import io.mailstream.runtime.tracing.TraceContext;
import io.mailstream.schemas.DeadLetterHeaders;
import io.mailstream.schemas.Topics;
import io.mailstream.v1.AccountState;
import io.mailstream.v1.AccountStatus;
import io.mailstream.v1.Deferral;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.SendResult;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Between Kafka's bytes and the records of the sender. Safe for many threads where the serializer
 * and the deserializer are.
 *
 * <p>Both throw {@link SerializationException} where the record is at fault, and another exception
 * where the registry is: that says nothing of the record, and it is tried again.
 */
final class RecordCodec {

  /** What a record takes on the wire beyond its key and value, generously. */
  private static final int OVERHEAD = 4 * 1024;

  private final Topics topics;
  private final Serializer<Object> serializer;
  private final Deserializer<Object> deserializer;

  RecordCodec(Topics topics, Serializer<Object> serializer, Deserializer<Object> deserializer) {
    this.topics = topics;
    this.serializer = serializer;
    this.deserializer = deserializer;
  }

  /** The value of a record; null where it has none. */
  Object read(ConsumerRecord<byte[], byte[]> record) {
    return deserializer.deserialize(record.topic(), record.headers(), record.value());
  }

  /** The delivery of a dispatch record. */
  Delivery delivery(ConsumerRecord<byte[], byte[]> record) {
    Object value = read(record);
    if (value instanceof Delivery delivery && record.key() != null) {
      return delivery;
    }
    throw new SerializationException(
        value instanceof Delivery
            ? "a Delivery without a key: it must be keyed by its recipient"
            : "a %s where a Delivery belongs"
                .formatted(value == null ? "record without a value" : value.getClass().getName()));
  }

  /** Reaches the registry for every type that the sender writes, so that none fails later. */
  void warmUp(Delivery sample, long now) {
    serialize(Outcome.sent(sample, "", now).value());
    serialize(Outcome.uncertain(sample, "", now).value());
    serialize(
        new AccountState(
            "", "", "", AccountStatus.OPEN, null, null, null, null, Instant.ofEpochMilli(now)));
    Outcome.sent(sample, "", now).evidence(sample, now).ifPresent(this::serialize);
  }

  /** The record that tells of an outcome, keyed as its delivery. */
  ProducerRecord<byte[], byte[]> outcome(Send send, Outcome outcome, long now) {
    ConsumerRecord<byte[], byte[]> source = send.source();
    byte[] value = serialize(outcome.value());
    if (outcome.value() instanceof Deferral
        && value.length + source.key().length + OVERHEAD > Topics.MAX_MAIL_BYTES) {
      // It came in at the limit and does not fit with the reason around it. The body must not be
      // cut, and a record that no topic takes would stop the line.
      Outcome end =
          Outcome.failed(
              send.delivery(),
              ReasonCode.TOO_LARGE,
              "it had to go back (%s), but is too large for that: %d bytes"
                  .formatted(outcome.kind(), value.length),
              now);
      return outcome(send, end, now);
    }
    return new ProducerRecord<>(
        topic(outcome.value()), null, source.key(), value, TraceContext.of(send.headers()));
  }

  /** Evidence of a send whose partition another instance has. */
  ProducerRecord<byte[], byte[]> evidence(Send send, FeedbackEvent event) {
    return new ProducerRecord<>(
        topics.feedback(),
        null,
        send.source().key(),
        serialize(event),
        TraceContext.of(send.headers()));
  }

  /** A record that cannot be read, as it came, with the reason. */
  ProducerRecord<byte[], byte[]> deadLetter(ConsumerRecord<byte[], byte[]> source, Exception why) {
    Headers headers = new RecordHeaders(source.headers().toArray());
    add(headers, DeadLetterHeaders.REASON, String.valueOf(why.getMessage()));
    add(headers, DeadLetterHeaders.ERROR, why.getClass().getName());
    add(headers, DeadLetterHeaders.ORIGIN_TOPIC, source.topic());
    add(headers, DeadLetterHeaders.ORIGIN_PARTITION, String.valueOf(source.partition()));
    add(headers, DeadLetterHeaders.ORIGIN_OFFSET, String.valueOf(source.offset()));
    return new ProducerRecord<>(topics.deadLetters(), null, source.key(), source.value(), headers);
  }

  /** What an instance knows of an account. */
  ProducerRecord<byte[], byte[]> accountState(AccountState state) {
    return new ProducerRecord<>(
        topics.accounts(), accountKey(state.getAccount(), state.getInstance()), serialize(state));
  }

  /** That an instance knows nothing of an account any more. */
  ProducerRecord<byte[], byte[]> noAccountState(String account, String instance) {
    return new ProducerRecord<>(topics.accounts(), accountKey(account, instance), null);
  }

  private static byte[] accountKey(String account, String instance) {
    return (account + "/" + instance).getBytes(StandardCharsets.UTF_8);
  }

  private byte[] serialize(SpecificRecord value) {
    return serializer.serialize(topic(value), value);
  }

  private String topic(SpecificRecord value) {
    return switch (value) {
      case SendResult result -> topics.results();
      case Deferral deferral -> topics.deferrals();
      case FeedbackEvent event -> topics.feedback();
      case AccountState state -> topics.accounts();
      default -> throw new IllegalArgumentException("no topic for " + value.getSchema().getName());
    };
  }

  private static void add(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(StandardCharsets.UTF_8));
  }
}
