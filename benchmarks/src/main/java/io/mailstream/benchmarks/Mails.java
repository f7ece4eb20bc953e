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
  private final int tenants;
  private final Lane lane;

  /**
   * Mail of one run.
   *
   * @param run told apart from other runs by this
   * @param bodyBytes the size of the text body
   */
  Mails(String run, int bodyBytes) {
    this(run, text(bodyBytes), 1, Lane.BULK);
  }

  private Mails(String run, String body, int tenants, Lane lane) {
    this.run = run;
    this.body = body;
    this.tenants = tenants;
    this.lane = lane;
  }

  /** The same mail, of so many tenants in turn. */
  Mails ofTenants(int number) {
    return new Mails(run, body, number, lane);
  }

  /** The same mail, on this lane. */
  Mails on(Lane way) {
    return new Mails(run, body, tenants, way);
  }

  Lane lane() {
    return lane;
  }

  /** The tenant of a number, from 0: {@link #TENANT} where there is only one. */
  static String tenant(int number) {
    return number == 0 ? TENANT : TENANT + number;
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

  String body() {
    return body;
  }

  static String subject(int number) {
    return "Order " + number;
  }

  /** What the ESP will know the delivery by. */
  String deliveryId(int number) {
    return DeliveryId.of(
        tenant(number % tenants), run + "-" + number, RecipientKey.of(address(number)));
  }

  String address(int number) {
    return "user" + number + "." + run + "@example.com";
  }

  SendRequest request(int number) {
    return SendRequest.newBuilder()
        .setRequestId(run + "-" + number)
        .setTenant(tenant(number % tenants))
        .setStream(STREAM)
        .setFrom(Mailbox.newBuilder().setAddress("shop@sender.example").build())
        .setTo(List.of(recipient(number)))
        .setSubject(subject(number))
        .setContent(InlineContent.newBuilder().setText(body).build())
        .build();
  }

  Delivery delivery(int number) {
    String key = run + "-" + number;
    return Delivery.newBuilder()
        .setDeliveryId(deliveryId(number))
        .setRequestId(key)
        .setTenant(tenant(number % tenants))
        .setIdempotencyKey(key)
        .setStream(STREAM)
        .setLane(lane)
        .setAccount("main")
        .setRecipient(recipient(number))
        .setOrigin(new RecordOrigin("mail.requests.bulk", 0, (long) number))
        .setAcceptedAt(Instant.EPOCH)
        .setFrom(Mailbox.newBuilder().setAddress("shop@sender.example").build())
        .setTo(List.of(Mailbox.newBuilder().setAddress(address(number)).build()))
        .setSubject(subject(number))
        .setContent(InlineContent.newBuilder().setText(body).build())
        .build();
  }

  private Recipient recipient(int number) {
    return Recipient.newBuilder().setAddress(address(number)).build();
  }
}
