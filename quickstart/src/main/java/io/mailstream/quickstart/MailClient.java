package io.mailstream.quickstart;

import io.mailstream.schemas.RecipientKey;
import io.mailstream.schemas.Topics;
import io.mailstream.schemas.serde.MailstreamAvroSerializer;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.SendRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** A producer of requests, as any product team would write it. */
final class MailClient implements AutoCloseable {

  static final String TENANT = "demo";
  static final String RUN_TAG = "run";

  private final Topics topics;
  private final KafkaProducer<String, SendRequest> producer;

  MailClient(String bootstrapServers, String registryUrl, Topics topics) {
    this.topics = topics;
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrapServers);
    settings.put("schema.registry.url", registryUrl);
    settings.put("max.request.size", Topics.MAX_MAIL_BYTES);
    settings.put("key.serializer", StringSerializer.class);
    settings.put("value.serializer", MailstreamAvroSerializer.class);
    producer = new KafkaProducer<>(settings);
  }

  /** A mail; its tag tells the runs of the demonstration apart. */
  static SendRequest request(String run, String id, String stream, String to) {
    return SendRequest.newBuilder()
        .setRequestId(id)
        .setTenant(TENANT)
        .setStream(stream)
        .setFrom(new Mailbox("no-reply@example.com", "Mailstream quickstart"))
        .setTo(List.of(new Recipient(to, null, Map.of())))
        .setSubject("Hello from quickstart")
        .setTags(Map.of(RUN_TAG, run))
        .setContent(new InlineContent("It works.\n", null, List.of()))
        .build();
  }

  /** Produces a request and returns when the brokers have it. */
  void send(Lane lane, SendRequest request) throws InterruptedException {
    sendAll(lane, List.of(request));
  }

  /** Produces requests together and returns when the brokers have them. */
  void sendAll(Lane lane, List<SendRequest> requests) throws InterruptedException {
    var acknowledged =
        requests.stream()
            .map(request ->
                producer.send(
                    new ProducerRecord<>(
                        topics.requests(lane),
                        RecipientKey.of(request.getTo().getFirst().getAddress()),
                        request)))
            .toList();
    try {
      for (var future : acknowledged) {
        future.get();
      }
    } catch (ExecutionException e) {
      throw new QuickstartFailure(
          "a request could not be produced: " + e.getCause().getMessage(), e.getCause());
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(1));
  }
}
