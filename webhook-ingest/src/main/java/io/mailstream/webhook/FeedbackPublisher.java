package io.mailstream.webhook;

import io.mailstream.runtime.config.CommonConfig;
import io.mailstream.schemas.DeadLetterHeaders;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.schemas.Topics;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.webhook.provider.Nonce;
import io.mailstream.webhook.provider.Receipt.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Utils;

/**
 * Writes events where they belong, and comes back when the brokers have acknowledged them all: what
 * bears on delivery to the feedback topic, opens and clicks to the engagement topic, what is not
 * understood to the dead letters. Keyed by the recipient, so that one partition has all about it.
 */
final class FeedbackPublisher implements AutoCloseable {

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

  private final Topics topics;
  private final Serializer<Object> serializer;
  private final Producer<byte[], byte[]> producer;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Duration timeout;

  FeedbackPublisher(WebhookConfig config) {
    this.topics = new Topics(config.getString(CommonConfig.TOPICS_PREFIX));
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

  /**
   * Writes all of it: the nonce when the brokers have the rest, so that what was cut off in between
   * is taken again.
   *
   * @param nonce what is used up by it; empty: nothing
   * @throws PublishException if not all of it was acknowledged in time; a repeat does no harm
   */
  void publish(
      String provider, List<FeedbackEvent> events, List<DeadLetter> unknown, Optional<Nonce> nonce)
      throws PublishException {
    // A thread of its own: the registry may take longer than the caller waits.
    Future<?> sent =
        threads.submit(() -> {
          send(provider, events, unknown);
          if (nonce.isPresent()) {
            producer.send(record(nonce.get())).get();
          }
          return null;
        });
    try {
      sent.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new PublishException("not acknowledged: " + e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException e) {
      sent.cancel(true);
      throw new PublishException("not acknowledged within " + timeout.toMillis() + " ms", e);
    } catch (InterruptedException e) {
      sent.cancel(true);
      Thread.currentThread().interrupt();
      throw new PublishException("the service is stopping", e);
    }
  }

  private void send(String provider, List<FeedbackEvent> events, List<DeadLetter> unknown)
      throws InterruptedException, ExecutionException {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    events.forEach(event -> records.add(record(event)));
    unknown.forEach(letter -> records.add(record(provider, letter)));
    List<Future<RecordMetadata>> acknowledged = new ArrayList<>();
    for (ProducerRecord<byte[], byte[]> record : records) {
      acknowledged.add(producer.send(record));
    }
    for (Future<RecordMetadata> one : acknowledged) {
      one.get();
    }
  }

  private ProducerRecord<byte[], byte[]> record(FeedbackEvent event) {
    String topic = isEngagement(event.getType()) ? topics.engagement() : topics.feedback();
    return new ProducerRecord<>(
        topic, RecipientKey.bytes(event.getRecipient()), serialize(topic, event));
  }

  private ProducerRecord<byte[], byte[]> record(String provider, DeadLetter letter) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topics.deadLetters(), letter.body());
    record
        .headers()
        .add(DeadLetterHeaders.REASON, letter.reason().getBytes(StandardCharsets.UTF_8))
        .add(
            DeadLetterHeaders.ORIGIN_TOPIC,
            ("/webhooks/" + provider).getBytes(StandardCharsets.UTF_8));
    return record;
  }

  private ProducerRecord<byte[], byte[]> record(Nonce nonce) {
    return new ProducerRecord<>(
        topics.webhookNonces().name(), NonceRecord.key(nonce), NonceRecord.value(nonce));
  }

  private byte[] serialize(String topic, FeedbackEvent event) {
    return serializer.serialize(topic, event);
  }

  /** Fails where the registry is needed and does not answer: schemas are known after the first. */
  void serializeSample() {
    Instant now = Instant.EPOCH;
    FeedbackEvent sample =
        FeedbackEvent.newBuilder()
            .setEventId("sample")
            .setProvider("mailstream")
            .setType(FeedbackType.SENT)
            .setRecipient("sample@example.com")
            .setOccurredAt(now)
            .setReceivedAt(now)
            .build();
    serialize(topics.feedback(), sample);
    serialize(topics.engagement(), sample);
  }

  /** The topics it writes to. */
  List<String> topics() {
    return List.of(topics.feedback(), topics.engagement(), topics.deadLetters());
  }

  private static boolean isEngagement(FeedbackType type) {
    return type == FeedbackType.OPENED || type == FeedbackType.CLICKED;
  }

  @Override
  public void close() {
    threads.shutdownNow();
    producer.close(CLOSE_TIMEOUT);
    serializer.close();
  }

  /** Not all was acknowledged. */
  static final class PublishException extends Exception {
    private static final long serialVersionUID = 1L;

    PublishException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
