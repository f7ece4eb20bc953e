package io.mailstream.sender.provider;

import io.mailstream.schemas.DeliveryId;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.RecordOrigin;
import java.time.Instant;

/** Deliveries for tests of what sends them. */
public final class Deliveries {

  private Deliveries() {}

  /** A builder of a delivery to one recipient, ready to be sent. */
  public static Delivery.Builder to(String address) {
    return Delivery.newBuilder()
        .setDeliveryId(DeliveryId.of("acme", "key-1", "user@example.org"))
        .setRequestId("request-1")
        .setTenant("acme")
        .setIdempotencyKey("key-1")
        .setStream("receipts")
        .setLane(Lane.TRANSACTIONAL)
        .setAccount("main")
        .setRecipient(Recipient.newBuilder().setAddress(address).build())
        .setOrigin(
            RecordOrigin.newBuilder()
                .setTopic("mail.requests.transactional")
                .setPartition(0)
                .setOffset(42)
                .build())
        .setAcceptedAt(Instant.parse("2026-11-21T10:15:30Z"))
        .setFrom(mailbox("shop@example.com", "The Shop"))
        .setTo(java.util.List.of(mailbox(address, null)))
        .setSubject("Your receipt")
        .setContent(text("Thank you.\n"));
  }

  public static Mailbox mailbox(String address, String name) {
    return Mailbox.newBuilder().setAddress(address).setName(name).build();
  }

  public static InlineContent text(String text) {
    return InlineContent.newBuilder().setText(text).build();
  }
}
