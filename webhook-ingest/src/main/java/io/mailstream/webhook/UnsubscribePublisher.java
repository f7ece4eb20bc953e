package io.mailstream.webhook;

import io.mailstream.schemas.RecipientKey;
import io.mailstream.schemas.Topics;
import io.mailstream.schemas.UnsubscribeTokens.Subscription;
import io.mailstream.v1.CommandAction;
import io.mailstream.v1.SuppressionCommand;
import io.mailstream.v1.SuppressionReason;
import io.mailstream.webhook.provider.Digests;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Writes an unsubscribe as a command that suppresses the stream for its recipient. */
final class UnsubscribePublisher {

  private static final int ID_DIGITS = 32;

  private final Topics topics;
  private final RecordWriter writer;

  UnsubscribePublisher(Topics topics, RecordWriter writer) {
    this.topics = topics;
    this.writer = writer;
  }

  /**
   * Comes back when the brokers have it.
   *
   * @param token the token as it came: with the time it makes the command's id, so that whoever
   *     subscribes again can end that by the same link, too
   * @throws NotAcknowledgedException if it was not acknowledged in time; a repeat does no harm
   */
  void publish(String token, Subscription subscription, Instant now)
      throws NotAcknowledgedException {
    String id = Digests.sha256Hex(token.getBytes(StandardCharsets.UTF_8)).substring(0, ID_DIGITS);
    SuppressionCommand command =
        SuppressionCommand.newBuilder()
            .setCommandId("unsubscribe:" + id + ":" + now.toEpochMilli())
            .setAction(CommandAction.ADD)
            .setAddress(subscription.recipient())
            .setTenant(subscription.tenant())
            .setStream(subscription.stream())
            .setReason(SuppressionReason.UNSUBSCRIBE)
            .setNote("by the link in a mail")
            .setIssuedBy("recipient")
            .setIssuedAt(now)
            .build();
    String topic = topics.suppressionCommands();
    writer.inTime(() ->
        writer.send(
            List.of(
                new ProducerRecord<>(
                    topic,
                    RecipientKey.bytes(command.getAddress()),
                    writer.serialize(topic, command)))));
  }

  /** The topic it writes to. */
  Output output() {
    SuppressionCommand sample =
        SuppressionCommand.newBuilder()
            .setCommandId("sample")
            .setAction(CommandAction.ADD)
            .setAddress("sample@example.com")
            .setIssuedAt(Instant.EPOCH)
            .build();
    return new Output(topics.suppressionCommands(), Optional.of(sample));
  }
}
