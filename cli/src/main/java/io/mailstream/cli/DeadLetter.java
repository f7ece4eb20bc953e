package io.mailstream.cli;

import io.mailstream.schemas.DeadLetterHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * A record that could not be used, as it lies in the topic of dead letters.
 *
 * @param record the record itself
 */
record DeadLetter(ConsumerRecord<byte[], byte[]> record) {

  /** Says of a record that it was replayed, and from which dead letter. */
  static final String REPLAYED = "mailstream.replayed";

  private static final Pattern CONTROL =
      Pattern.compile("\\p{Cntrl}+", Pattern.UNICODE_CHARACTER_CLASS);

  private static final Set<String> OURS =
      Set.of(
          DeadLetterHeaders.REASON,
          DeadLetterHeaders.ERROR,
          DeadLetterHeaders.ORIGIN_TOPIC,
          DeadLetterHeaders.ORIGIN_PARTITION,
          DeadLetterHeaders.ORIGIN_OFFSET,
          REPLAYED);

  /** Where it lies, as commands take it: {@code PARTITION@OFFSET}. */
  String position() {
    return record.partition() + "@" + record.offset();
  }

  Instant writtenAt() {
    return Instant.ofEpochMilli(record.timestamp());
  }

  String reason() {
    return header(DeadLetterHeaders.REASON).orElse("no reason is given");
  }

  /** The topic that it was read from, or the path that it was posted to. */
  Optional<String> originTopic() {
    return header(DeadLetterHeaders.ORIGIN_TOPIC);
  }

  /** Topic, partition and offset, as far as they are known. */
  String origin() {
    return originTopic().orElse("unknown origin")
        + header(DeadLetterHeaders.ORIGIN_PARTITION).map(partition -> "-" + partition).orElse("")
        + header(DeadLetterHeaders.ORIGIN_OFFSET).map(offset -> "@" + offset).orElse("");
  }

  /** A header as text on one line, with nothing that a terminal would obey. */
  Optional<String> header(String name) {
    return Optional.ofNullable(record.headers().lastHeader(name))
        .map(Header::value)
        .map(value -> new String(value, StandardCharsets.UTF_8))
        .map(text -> CONTROL.matcher(text).replaceAll(" "));
  }

  /** The record as it was before it came here: key, value and its own headers, byte for byte. */
  ProducerRecord<byte[], byte[]> original(String topic) {
    ProducerRecord<byte[], byte[]> original =
        new ProducerRecord<>(topic, record.key(), record.value());
    Headers headers = original.headers();
    record
        .headers()
        .forEach(header -> {
          if (!OURS.contains(header.key())) {
            headers.add(header);
          }
        });
    headers.add(REPLAYED, (record.topic() + "-" + position()).getBytes(StandardCharsets.UTF_8));
    return original;
  }
}
