package io.mailstream.schemas.serde;

import io.mailstream.schemas.DeliveryId;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.schemas.Topics;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.SendRequest;
import java.util.List;
import java.util.Map;

/** What a producer does, for a JVM of its own; takes the registry's URL. */
final class RoundTripMain {

  private RoundTripMain() {}

  public static void main(String[] args) {
    // The builder comes first: it must work before anything else of the library is in use.
    SendRequest request =
        SendRequest.newBuilder()
            .setRequestId("r1")
            .setTenant("shop")
            .setStream("welcome")
            .setFrom(new Mailbox("shop@example.com", null))
            .setTo(List.of(new Recipient("Jürgen@Example.org", null, Map.of())))
            .setContent(new InlineContent("hello", null, List.of()))
            .build();
    String topic = Topics.withDefaultPrefix().requests(Lane.TRANSACTIONAL);
    String key = RecipientKey.of("Jürgen@Example.org");
    try (MailstreamAvroSerde<SendRequest> serde = new MailstreamAvroSerde<>(SendRequest.class)) {
      serde.configure(Map.of("schema.registry.url", args[0]), false);
      byte[] bytes = serde.serializer().serialize(topic, request);
      SendRequest read = serde.deserializer().deserialize(topic, bytes);
      boolean same =
          read.equals(request)
              && key.equals("jürgen@example.org")
              && DeliveryId.of("shop", "r1", key).length() == 32;
      System.out.println(
          "round trip on Java " + Runtime.version().feature() + ": " + (same ? "ok" : "differs"));
    }
  }
}
