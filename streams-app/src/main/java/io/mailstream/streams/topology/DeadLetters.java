package io.mailstream.streams.topology;

import io.mailstream.runtime.logging.Masking;
import io.mailstream.schemas.DeadLetterHeaders;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.errors.ErrorHandlerContext;

/**
 * Makes dead letters: the record as it came, with where it came from and why it could not be used.
 * Stamped with the time of day: the record's own timestamp is shifted by rank, and the topic's
 * retention would take it at once.
 */
final class DeadLetters {

  /** The topic, among the settings that Kafka Streams hands to the exception handlers. */
  static final String TOPIC_CONFIG = "mailstream.dead.letters.topic";

  /** The registry that they are counted in, among the same settings; absent: they are not. */
  static final String METERS_CONFIG = "mailstream.meters";

  private static final int LONGEST_REASON = 2000;

  private final String topic;
  private final Optional<MeterRegistry> meters;

  private DeadLetters(String topic, Optional<MeterRegistry> meters) {
    this.topic = topic;
    this.meters = meters;
  }

  static DeadLetters from(Map<String, ?> configs) {
    Object topic = configs.get(TOPIC_CONFIG);
    if (topic == null) {
      throw new IllegalStateException(TOPIC_CONFIG + " is not set: the topology sets it itself");
    }
    return new DeadLetters(
        topic.toString(),
        Optional.ofNullable(configs.get(METERS_CONFIG)).map(MeterRegistry.class::cast));
  }

  ProducerRecord<byte[], byte[]> letter(
      ErrorHandlerContext context, byte[] key, byte[] value, Exception error) {
    meters.ifPresent(registry -> counter(registry, context.topic()).increment());
    Headers headers = new RecordHeaders(context.headers().toArray());
    put(headers, DeadLetterHeaders.REASON, reason(error));
    put(headers, DeadLetterHeaders.ERROR, error.getClass().getName());
    put(headers, DeadLetterHeaders.ORIGIN_TOPIC, String.valueOf(context.topic()));
    put(headers, DeadLetterHeaders.ORIGIN_PARTITION, String.valueOf(context.partition()));
    put(headers, DeadLetterHeaders.ORIGIN_OFFSET, String.valueOf(context.offset()));
    return new ProducerRecord<>(topic, null, System.currentTimeMillis(), key, value, headers);
  }

  /** Counts what of a topic went to the dead letters. */
  static Counter counter(MeterRegistry registry, String origin) {
    return Counter.builder("mailstream.dead.letters")
        .description("Records that could not be used and were put aside, by where they came from")
        .tag("origin", origin)
        .register(registry);
  }

  /** The error's message, bounded, without addresses. */
  static String reason(Exception error) {
    String message = error.getMessage() == null ? error.getClass().getName() : error.getMessage();
    String masked = Masking.text(message);
    return masked.length() <= LONGEST_REASON ? masked : masked.substring(0, LONGEST_REASON);
  }

  private static void put(Headers headers, String name, String text) {
    headers.remove(name);
    headers.add(name, text.getBytes(StandardCharsets.UTF_8));
  }
}
