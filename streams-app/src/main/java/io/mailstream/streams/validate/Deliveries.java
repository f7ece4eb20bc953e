package io.mailstream.streams.validate;

import io.mailstream.schemas.DeliveryId;
import io.mailstream.streams.validate.FanOut.Target;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Lane;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.RecordOrigin;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.SendResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What becomes of a request: its deliveries, or the results that refuse it. */
final class Deliveries {

  // What a refused request may say of itself: its result must fit its topic whatever it holds.
  private static final int LONGEST_ECHO = 512;

  private Deliveries() {}

  static String idempotencyKey(SendRequest request) {
    return request.getIdempotencyKey() == null
        ? request.getRequestId()
        : request.getIdempotencyKey();
  }

  /**
   * The request narrowed to each recipient.
   *
   * @param now when it was taken, in milliseconds since the epoch
   */
  static List<Delivery> of(
      SendRequest request, List<Target> targets, Lane lane, RecordOrigin origin, long now) {
    List<Mailbox> to = shown(request.getTo());
    List<Mailbox> cc = shown(request.getCc());
    List<Delivery> deliveries = new ArrayList<>(targets.size());
    for (Target target : targets) {
      deliveries.add(
          Delivery.newBuilder()
              .setDeliveryId(
                  DeliveryId.of(request.getTenant(), idempotencyKey(request), target.key()))
              .setRequestId(request.getRequestId())
              .setTenant(request.getTenant())
              .setIdempotencyKey(idempotencyKey(request))
              .setStream(request.getStream())
              .setActor(request.getActor())
              .setLane(lane)
              .setAccountHint(request.getAccount())
              .setRecipient(target.recipient())
              .setRecipientField(target.field())
              .setOrigin(origin)
              .setAcceptedAt(Instant.ofEpochMilli(now))
              .setSendAt(request.getSendAt())
              .setExpiresAt(request.getExpiresAt())
              .setOnUncertain(request.getOnUncertain())
              .setFrom(request.getFrom())
              .setReplyTo(request.getReplyTo())
              .setTo(to)
              .setCc(cc)
              .setSubject(request.getSubject())
              .setContent(request.getContent())
              .setHeaders(request.getHeaders())
              .setTags(request.getTags())
              .build());
    }
    return deliveries;
  }

  /**
   * The result that refuses a request for one recipient.
   *
   * @param target the recipient; null where the request names none
   */
  static SendResult refused(
      SendRequest request, Target target, Lane lane, RecordOrigin origin, Faults faults, long now) {
    boolean derivable = target != null && !faults.has(ReasonCode.INVALID_REQUEST);
    return SendResult.newBuilder()
        .setRequestId(echo(request.getRequestId()))
        .setDeliveryId(
            derivable
                ? DeliveryId.of(request.getTenant(), idempotencyKey(request), target.key())
                : null)
        .setTenant(echo(request.getTenant()))
        .setStream(echo(request.getStream()))
        .setIdempotencyKey(echo(idempotencyKey(request)))
        .setRecipient(target == null ? null : echo(target.recipient().getAddress()))
        .setLane(lane)
        .setStatus(ResultStatus.REJECTED)
        .setReasons(faults.codes())
        .setDetail(faults.describe())
        .setOrigin(origin)
        .setAcceptedAt(Instant.ofEpochMilli(now))
        .setCompletedAt(Instant.ofEpochMilli(now))
        .setTags(RequestValidator.areTags(request.getTags()) ? request.getTags() : Map.of())
        .build();
  }

  private static List<Mailbox> shown(List<Recipient> recipients) {
    return recipients.stream()
        .map(recipient -> new Mailbox(recipient.getAddress(), recipient.getName()))
        .toList();
  }

  private static String echo(String text) {
    if (text.length() <= LONGEST_ECHO) {
      return text;
    }
    int end =
        Character.isHighSurrogate(text.charAt(LONGEST_ECHO - 1)) ? LONGEST_ECHO - 1 : LONGEST_ECHO;
    return text.substring(0, end);
  }
}
