package io.mailstream.sender.provider;

import io.mailstream.schemas.DeliveryId;
import io.mailstream.v1.Attachment;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Header;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.RecordOrigin;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

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
        .setTo(List.of(mailbox(address, null)))
        .setSubject("Your receipt")
        .setContent(text("Thank you.\n"));
  }

  /** A delivery with something of everything, to one of three recipients. */
  public static Delivery.Builder rich() {
    return to("blind@müller.example")
        .setTo(List.of(mailbox("blind@müller.example", "Jörg, Müller"), mailbox("a@x.org", null)))
        .setCc(List.of(mailbox("b@x.org", "Bea")))
        .setRecipient(
            Recipient.newBuilder()
                .setAddress("blind@müller.example")
                .setName("Jörg \"J\" Müller")
                .build())
        .setReplyTo(List.of(mailbox("help@example.com", "Help"), mailbox("b@example.com", null)))
        .setSubject("Grüße")
        .setHeaders(
            List.of(
                Header.newBuilder().setName("List-Id").setValue("<news.example.com>").build(),
                Header.newBuilder().setName("X-City").setValue("Köln").build()))
        .setTags(Map.of("campaign", "autumn_2026", "ms_tenant", "evil"))
        .setContent(
            InlineContent.newBuilder()
                .setText("Hallo")
                .setHtml("<p>Hallo <img src=\"cid:logo\"></p>")
                .setAttachments(
                    List.of(
                        Attachment.newBuilder()
                            .setFilename("logo.png")
                            .setContentType("image/png")
                            .setContentId("logo")
                            .setContent(bytes("png"))
                            .build(),
                        Attachment.newBuilder()
                            .setFilename("Rechnung für Jörg.txt")
                            .setContentType("text/plain; charset=utf-8")
                            .setContent(bytes("Summe"))
                            .build()))
                .build());
  }

  /** An attachment of zeros, of this size. */
  public static InlineContent file(int bytes) {
    return InlineContent.newBuilder()
        .setText("See the file.")
        .setAttachments(
            List.of(
                Attachment.newBuilder()
                    .setFilename("large.bin")
                    .setContent(ByteBuffer.wrap(new byte[bytes]))
                    .build()))
        .build();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  public static Mailbox mailbox(String address, String name) {
    return Mailbox.newBuilder().setAddress(address).setName(name).build();
  }

  public static InlineContent text(String text) {
    return InlineContent.newBuilder().setText(text).build();
  }
}
