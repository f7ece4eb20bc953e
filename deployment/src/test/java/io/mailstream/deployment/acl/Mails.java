package io.mailstream.deployment.acl;

import io.mailstream.schemas.RecipientKey;
import io.mailstream.v1.Cancellation;
import io.mailstream.v1.CommandAction;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.SuppressionCommand;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;

/** Records that users write. */
final class Mails {

  private static final String SIMULATOR = "@simulator.amazonses.com";

  private Mails() {}

  /** An address of SES's simulator, such as {@code success} or {@code bounce}. */
  static String simulated(String kind) {
    return kind + SIMULATOR;
  }

  static SendRequest request(String id, String stream, String to) {
    return SendRequest.newBuilder()
        .setRequestId(id)
        .setTenant("demo")
        .setStream(stream)
        .setFrom(new Mailbox("no-reply@example.com", "ACLs"))
        .setTo(List.of(new Recipient(to, null, Map.of())))
        .setSubject("Hello")
        .setContent(new InlineContent("It works.\n", null, List.of()))
        .build();
  }

  static SuppressionCommand suppress(String id, String address) {
    return SuppressionCommand.newBuilder()
        .setCommandId(id)
        .setAction(CommandAction.ADD)
        .setAddress(address)
        .setIssuedAt(Instant.now())
        .build();
  }

  static Cancellation cancellation(String request, String address) {
    return new Cancellation("demo", request, address, null, Instant.now());
  }

  static byte[] key(String address) {
    return RecipientKey.bytes(address);
  }

  /** A key that puts a record where its recipient is not at home. */
  static byte[] foreignKey(String address, int partitions) {
    int home = BuiltInPartitioner.partitionForKey(key(address), partitions);
    return IntStream.range(0, 100)
        .mapToObj(i -> ("key-" + i).getBytes(StandardCharsets.UTF_8))
        .filter(key -> BuiltInPartitioner.partitionForKey(key, partitions) != home)
        .findFirst()
        .orElseThrow();
  }

  /** SES's event of an opened mail. */
  static String openEvent(String address) {
    return """
    {"eventType": "Open",
     "mail": {"timestamp": "%1$s", "messageId": "0100-acl", "source": "no-reply@example.com",
              "destination": ["%2$s"], "tags": {}},
     "open": {"timestamp": "%1$s", "ipAddress": "192.0.2.1", "userAgent": "none"}}
    """
        .formatted(Instant.now(), address);
  }

  /** A callback of Mailgun's, signed at a time; all have one token. */
  static String mailgun(String key, String event, Instant at) throws GeneralSecurityException {
    String timestamp = String.valueOf(at.getEpochSecond());
    String token = "0123456789abcdef".repeat(3);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    byte[] signature = mac.doFinal((timestamp + token).getBytes(StandardCharsets.UTF_8));
    return """
    {"signature": {"timestamp": "%s", "token": "%s", "signature": "%s"},
     "event-data": {"id": "acl", "event": "%s", "timestamp": %s, "recipient": "mg@example.com"}}
    """
        .formatted(timestamp, token, HexFormat.of().formatHex(signature), event, timestamp);
  }
}
