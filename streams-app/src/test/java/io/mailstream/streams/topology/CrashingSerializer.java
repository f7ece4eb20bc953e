package io.mailstream.streams.topology;

import io.mailstream.schemas.serde.MailstreamAvroSerializer;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Writes as the real one does until its count is used up, then fails each time: the thread dies in
 * the middle of a transaction. Named in the configuration, so that the count is per JVM.
 */
public final class CrashingSerializer implements Serializer<Object> {

  private static final AtomicInteger LEFT = new AtomicInteger(Integer.MAX_VALUE);

  private final MailstreamAvroSerializer delegate = new MailstreamAvroSerializer();

  /** Made by its name. */
  public CrashingSerializer() {}

  /** Lets so many more records be written. */
  void after(int records) {
    LEFT.set(records);
  }

  @Override
  public void configure(Map<String, ?> configs, boolean isKey) {
    delegate.configure(configs, isKey);
  }

  @Override
  public byte[] serialize(String topic, Object record) {
    return serialize(topic, null, record);
  }

  @Override
  public byte[] serialize(String topic, Headers headers, Object record) {
    if (LEFT.get() != Integer.MAX_VALUE && LEFT.decrementAndGet() < 0) {
      throw new IllegalStateException("crashed here, as the test asked for");
    }
    return delegate.serialize(topic, record);
  }

  @Override
  public void close() {
    delegate.close();
  }
}
