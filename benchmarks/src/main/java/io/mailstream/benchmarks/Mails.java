package io.mailstream.benchmarks;

import io.mailstream.schemas.DeliveryId;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.RecordOrigin;
import io.mailstream.v1.SendRequest;
import java.time.Instant;
import java.util.List;
import java.util.Random;

/** The mail of the benchmarks: one recipient each, no two the same, a body of a given size. */
final class Mails {

  static final String TENANT = "bench";
  static final String STREAM = "mail";

  private final String body;
  private final String run;

  /**
   * Mail of one run.
   *
   * @param run told apart from other runs by this
   * @param bodyBytes the size of the text body
   */
  Mails(String run, int bodyBytes) {
    this.run = run;
    this.body = text(bodyBytes);
  }

  /** Words, so that compression has something to do, but not everything. */
  private static String text(int bytes) {
    Random random = new Random(bytes);
    StringBuilder text = new StringBuilder(bytes);
    while (text.length() < bytes) {
      int letters = 2 + random.nextInt(8);
      for (int i = 0; i < letters; i++) {
        text.append((char) ('a' + random.nextInt(26)));
      }
      text.append(random.nextInt(12) == 0 ? "\n" : " ");
    }
    return text.substring(0, bytes);
  }

  String address(int number) {
    return "user" + number + "." + run + "@example.com";
  }

  SendRequest request(int number) {
    return SendRequest.newBuilder()
        .setRequestId(run + "-" + number)
        .setTenant(TENANT)
        .setStream(STREAM)
        .setFrom(Mailbox.newBuilder().setAddress("shop@sender.example").build())
        .setTo(List.of(recipient(number)))
        .setSubject("Order " + number)
        .setContent(InlineContent.newBuilder().setText(body).build())
        .build();
  }

  Delivery delivery(int number) {
    String key = run + "-" + number;
    return Delivery.newBuilder()
        .setDeliveryId(DeliveryId.of(TENANT, key, RecipientKey.of(address(number))))
        .setRequestId(key)
        .setTenant(TENANT)
        .setIdempotencyKey(key)
        .setStream(STREAM)
        .setLane(Lane.BULK)
        .setAccount("main")
        .setRecipient(recipient(number))
        .setOrigin(new RecordOrigin("mail.requests.bulk", 0, (long) number))
        .setAcceptedAt(Instant.EPOCH)
        .setFrom(Mailbox.newBuilder().setAddress("shop@sender.example").build())
        .setTo(List.of(Mailbox.newBuilder().setAddress(address(number)).build()))
        .setSubject("Order " + number)
        .setContent(InlineContent.newBuilder().setText(body).build())
        .build();
  }

  private Recipient recipient(int number) {
    return Recipient.newBuilder().setAddress(address(number)).build();
  }
}
