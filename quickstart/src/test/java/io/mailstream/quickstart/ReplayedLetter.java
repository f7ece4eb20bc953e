package io.mailstream.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.cli.Mailstream;
import io.mailstream.cli.Terminal;
import io.mailstream.schemas.DeadLetterHeaders;
import io.mailstream.schemas.serde.MailstreamAvroSerializer;
import io.mailstream.v1.Lane;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A request that became a dead letter, and is replayed twice: it is sent once. */
final class ReplayedLetter {

  private static final Duration WITHIN = Duration.ofSeconds(30);
  private static final String REASON = "the registry knew no such schema";
  private static final String ADDRESS = "success+replayed@simulator.amazonses.com";

  private final LocalSystem system;

  ReplayedLetter(LocalSystem system) {
    this.system = system;
  }

  void isSentOnce() throws Exception {
    String origin = system.topics().requests(Lane.TRANSACTIONAL);
    bury(origin);
    try (Follower results =
        new Follower(
            system.bootstrapServers(), system.registryUrl(), List.of(system.topics().results()))) {
      for (ResultStatus status : List.of(ResultStatus.SENT, ResultStatus.DUPLICATE)) {
        assertThat(replay(origin)).as("%s", status).isZero();
        assertThat(
                results.await(
                    SendResult.class,
                    result ->
                        result.getRequestId().equals("replayed-1") && result.getStatus() == status,
                    WITHIN))
            .as("%s", status)
            .isPresent();
      }
    }
    assertThat(system.ses().inbox().mails(mail -> mail.recipients().equals(List.of(ADDRESS))))
        .hasSize(1);
  }

  /** The bytes as a producer made them, in the dead letters for a reason that is gone by now. */
  private void bury(String origin) throws Exception {
    try (MailstreamAvroSerializer serializer = new MailstreamAvroSerializer();
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", system.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
      serializer.configure(Map.of("schema.registry.url", system.registryUrl()), false);
      byte[] value =
          serializer.serialize(
              origin, MailClient.request("replayed", "replayed-1", "receipts", ADDRESS));
      ProducerRecord<byte[], byte[]> letter =
          new ProducerRecord<>(system.topics().deadLetters(), value);
      letter
          .headers()
          .add(DeadLetterHeaders.ORIGIN_TOPIC, origin.getBytes(StandardCharsets.UTF_8))
          .add(DeadLetterHeaders.REASON, REASON.getBytes(StandardCharsets.UTF_8));
      producer.send(letter).get();
    }
  }

  private int replay(String origin) {
    PrintWriter out = new PrintWriter(new StringWriter());
    return Mailstream.run(
        new Terminal(InputStream.nullInputStream(), out, out, Map.of(), false),
        "dead-letters",
        "replay",
        "--config",
        system.clientProperties().toString(),
        "--origin",
        origin,
        "--reason",
        REASON);
  }
}
