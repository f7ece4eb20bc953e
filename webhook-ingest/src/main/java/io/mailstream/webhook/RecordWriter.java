package io.mailstream.webhook;

import io.mailstream.runtime.config.CommonConfig;
import io.mailstream.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Utils;

/** The service's one producer: what is written is acknowledged by the brokers, in time, or not. */
final class RecordWriter implements AutoCloseable {

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

  private final Serializer<Object> serializer;
  private final Producer<byte[], byte[]> producer;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Duration timeout;

  RecordWriter(WebhookConfig config) {
    this.timeout = config.publishTimeout();
    this.serializer = serializer(config);
    this.producer =
        new KafkaProducer<>(
            producerConfig(config), new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static Map<String, Object> producerConfig(WebhookConfig config) {
    Map<String, Object> settings = CommonConfig.kafkaClient(config);
    settings.put(ProducerConfig.CLIENT_ID_CONFIG, "webhook-ingest");
    settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd");
    // A body that is not understood is kept as it came.
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topics.MAX_INTERNAL_BYTES);
    settings.putAll(config.passThrough(WebhookConfig.PRODUCER_PREFIX));
    // Blocking for metadata and then waiting for the acknowledgement stay within the whole.
    int third = Math.toIntExact(config.publishTimeout().toMillis() / 3);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, third);
    settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, third);
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 2 * third);
    return settings;
  }

  @SuppressWarnings("unchecked")
  private static Serializer<Object> serializer(WebhookConfig config) {
    String name = config.getString(CommonConfig.AVRO_SERIALIZER);
    try {
      Serializer<Object> serializer = Utils.newInstance(name, Serializer.class);
      serializer.configure(CommonConfig.serdes(config), false);
      return serializer;
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(
          "%s = '%s' is not on the class path".formatted(CommonConfig.AVRO_SERIALIZER, name), e);
    }
  }

  /** The record as Avro. Fails where the registry is needed and does not answer. */
  byte[] serialize(String topic, SpecificRecord record) {
    return serializer.serialize(topic, record);
  }

  /**
   * Writes in time, or not.
   *
   * @throws NotAcknowledgedException if it was not finished in time; part of it may be written
   */
  void inTime(Writing writing) throws NotAcknowledgedException {
    // A thread of its own: the registry may take longer than the caller waits.
    Future<?> written =
        threads.submit(() -> {
          writing.write();
          return null;
        });
    try {
      written.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new NotAcknowledgedException(
          "not acknowledged: " + e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException e) {
      written.cancel(true);
      throw new NotAcknowledgedException(
          "not acknowledged within " + timeout.toMillis() + " ms", e);
    } catch (InterruptedException e) {
      written.cancel(true);
      Thread.currentThread().interrupt();
      throw new NotAcknowledgedException("the service is stopping", e);
    }
  }

  /** Comes back when the brokers have acknowledged all of them. */
  void send(Collection<ProducerRecord<byte[], byte[]>> records)
      throws InterruptedException, ExecutionException {
    List<Future<RecordMetadata>> acknowledged = new ArrayList<>(records.size());
    for (ProducerRecord<byte[], byte[]> record : records) {
      acknowledged.add(producer.send(record));
    }
    for (Future<RecordMetadata> one : acknowledged) {
      one.get();
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    producer.close(CLOSE_TIMEOUT);
    serializer.close();
  }

  /** What is to be written. */
  interface Writing {
    void write() throws InterruptedException, ExecutionException;
  }
}
