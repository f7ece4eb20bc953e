package io.mailstream.streams.suppress;

import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.processor.StreamPartitioner;

/**
 * A key with the partition that it goes to, for the sink of the public list: a hashed address goes
 * to the partition of the clear one, which the key itself does not tell.
 */
public final class PlacedKey {

  private static final char END = '|';

  private PlacedKey() {}

  static String of(int partition, String key) {
    return partition + String.valueOf(END) + key;
  }

  /** Writes the key alone. */
  public static Serializer<String> serializer() {
    StringSerializer strings = new StringSerializer();
    return (topic, placed) -> strings.serialize(topic, placed.substring(placed.indexOf(END) + 1));
  }

  /** Sends a record to the partition that its key names. */
  public static <V> StreamPartitioner<String, V> partitioner() {
    return (topic, placed, value, partitions) ->
        Optional.of(Set.of(Integer.parseInt(placed.substring(0, placed.indexOf(END)))));
  }
}
