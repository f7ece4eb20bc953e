package io.mailstream.streams.topology;

import io.mailstream.runtime.logging.Masking;
import io.mailstream.schemas.DeadLetterHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Map;
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

  private static final int LONGEST_REASON = 2000;

  private final String topic;

  private DeadLetters(String topic) {
    this.topic = topic;
  }

  static DeadLetters from(Map<String, ?> configs) {
    Object topic = configs.get(TOPIC_CONFIG);
    if (topic == null) {
      throw new IllegalStateException(TOPIC_CONFIG + " is not set: the topology sets it itself");
    }
    return new DeadLetters(topic.toString());
  }

  ProducerRecord<byte[], byte[]> letter(
      ErrorHandlerContext context, byte[] key, byte[] value, Exception error) {
    Headers headers = new RecordHeaders(context.headers().toArray());
    put(headers, DeadLetterHeaders.REASON, reason(error));
    put(headers, DeadLetterHeaders.ERROR, error.getClass().getName());
    put(headers, DeadLetterHeaders.ORIGIN_TOPIC, String.valueOf(context.topic()));
    put(headers, DeadLetterHeaders.ORIGIN_PARTITION, String.valueOf(context.partition()));
    put(headers, DeadLetterHeaders.ORIGIN_OFFSET, String.valueOf(context.offset()));
    return new ProducerRecord<>(topic, null, System.currentTimeMillis(), key, value, headers);
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
