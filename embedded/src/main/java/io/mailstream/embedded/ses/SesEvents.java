package io.mailstream.embedded.ses;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The events that SES publishes on a mail, in the format of its event publishing. */
final class SesEvents {

  /** As AWS writes times: milliseconds, also where they are zero. */
  static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ACCOUNT_ID = "123456789012";

  private SesEvents() {}

  /** The event that SES took the mail. */
  static ObjectNode send(ReceivedMail mail) {
    ObjectNode event = event("Send", mail);
    event.putObject("send");
    return event;
  }

  /**
   * What becomes of the mail: for each fate among its recipients, its events in their order.
   *
   * @param deliveries whether Delivery events are wanted
   * @param at when the events happen
   */
  static List<ObjectNode> outcomes(ReceivedMail mail, boolean deliveries, Instant at) {
    Map<MailFate, List<String>> byFate = new LinkedHashMap<>();
    for (String recipient : mail.recipients()) {
      byFate.computeIfAbsent(MailFate.of(bare(recipient)), f -> new ArrayList<>()).add(recipient);
    }
    List<ObjectNode> events = new ArrayList<>();
    byFate.forEach((fate, recipients) -> {
      if (deliveries && isDelivered(fate)) {
        events.add(delivery(mail, recipients, at));
      }
      switch (fate) {
        case DELIVERED -> {}
        case BOUNCED -> events.add(bounce(mail, recipients, Bounce.NO_MAILBOX, at));
        case OUT_OF_OFFICE -> events.add(bounce(mail, recipients, Bounce.OUT_OF_OFFICE, at));
        case SUPPRESSED -> events.add(bounce(mail, recipients, Bounce.SUPPRESSED, at));
        case COMPLAINED -> events.add(complaint(mail, recipients, at));
        case DELAYED -> events.add(delay(mail, recipients, at));
        case REJECTED -> events.add(reject(mail));
      }
    });
    return events;
  }

  private record Bounce(
      String type, String subType, String action, String status, String diagnostic) {
    static final Bounce NO_MAILBOX =
        new Bounce("Permanent", "General", "failed", "5.1.1", "smtp; 550 5.1.1 user unknown");
    static final Bounce OUT_OF_OFFICE = new Bounce("Transient", "General", "", "", "");
    static final Bounce SUPPRESSED =
        new Bounce(
            "Permanent",
            "Suppressed",
            "failed",
            "5.1.1",
            "Amazon SES has suppressed sending to this address because it has a recent history of"
                + " bouncing as an invalid address.");
  }

  private static boolean isDelivered(MailFate fate) {
    return fate == MailFate.DELIVERED
        || fate == MailFate.OUT_OF_OFFICE
        || fate == MailFate.COMPLAINED;
  }

  private static ObjectNode delivery(ReceivedMail mail, List<String> recipients, Instant at) {
    ObjectNode event = event("Delivery", mail);
    ObjectNode delivery = event.putObject("delivery");
    delivery.put("timestamp", TIMESTAMP.format(at));
    delivery.put("processingTimeMillis", at.toEpochMilli() - mail.receivedAt().toEpochMilli());
    ArrayNode addresses = delivery.putArray("recipients");
    recipients.forEach(addresses::add);
    delivery.put("smtpResponse", "250 2.6.0 Message received");
    delivery.put("reportingMTA", "mta.simulator.amazonses.com");
    return event;
  }

  private static ObjectNode bounce(
      ReceivedMail mail, List<String> recipients, Bounce kind, Instant at) {
    ObjectNode event = event("Bounce", mail);
    ObjectNode bounce = event.putObject("bounce");
    bounce.put("feedbackId", Ids.message());
    bounce.put("bounceType", kind.type());
    bounce.put("bounceSubType", kind.subType());
    ArrayNode bounced = bounce.putArray("bouncedRecipients");
    for (String recipient : recipients) {
      ObjectNode one = bounced.addObject().put("emailAddress", recipient);
      if (!kind.status().isEmpty()) {
        one.put("action", kind.action());
        one.put("status", kind.status());
        one.put("diagnosticCode", kind.diagnostic());
      }
    }
    bounce.put("timestamp", TIMESTAMP.format(at));
    bounce.put("reportingMTA", "dns; mta.simulator.amazonses.com");
    return event;
  }

  private static ObjectNode complaint(ReceivedMail mail, List<String> recipients, Instant at) {
    ObjectNode event = event("Complaint", mail);
    ObjectNode complaint = event.putObject("complaint");
    complaint.put("feedbackId", Ids.message());
    complaint.putNull("complaintSubType");
    ArrayNode complained = complaint.putArray("complainedRecipients");
    recipients.forEach(recipient -> complained.addObject().put("emailAddress", recipient));
    complaint.put("timestamp", TIMESTAMP.format(at));
    complaint.put("userAgent", "Amazon SES Mailbox Simulator");
    complaint.put("complaintFeedbackType", "abuse");
    complaint.put("arrivalDate", TIMESTAMP.format(at));
    return event;
  }

  private static ObjectNode delay(ReceivedMail mail, List<String> recipients, Instant at) {
    ObjectNode event = event("DeliveryDelay", mail);
    ObjectNode delay = event.putObject("deliveryDelay");
    delay.put("timestamp", TIMESTAMP.format(at));
    delay.put("delayType", "TransientCommunicationFailure");
    delay.put("expirationTime", TIMESTAMP.format(at.plusSeconds(840 * 60)));
    ArrayNode delayed = delay.putArray("delayedRecipients");
    for (String recipient : recipients) {
      delayed
          .addObject()
          .put("emailAddress", recipient)
          .put("status", "4.4.1")
          .put("diagnosticCode", "smtp; 421 4.4.1 Unable to connect to remote host");
    }
    return event;
  }

  private static ObjectNode reject(ReceivedMail mail) {
    ObjectNode event = event("Reject", mail);
    event.putObject("reject").put("reason", "Bad content");
    return event;
  }

  private static ObjectNode event(String type, ReceivedMail mail) {
    ObjectNode event = JSON.createObjectNode();
    event.put("eventType", type);
    ObjectNode details = event.putObject("mail");
    String from = bare(mail.from());
    details.put("timestamp", TIMESTAMP.format(mail.receivedAt()));
    details.put("source", mail.from());
    details.put("sourceArn", "arn:aws:ses:us-east-1:%s:identity/%s".formatted(ACCOUNT_ID, from));
    details.put("sendingAccountId", ACCOUNT_ID);
    details.put("messageId", mail.messageId());
    ArrayNode destination = details.putArray("destination");
    mail.recipients().forEach(destination::add);
    details.put("headersTruncated", false);
    headers(mail, details);
    ObjectNode tags = details.putObject("tags");
    mail.configurationSet().ifPresent(set -> tag(tags, "ses:configuration-set", set));
    tag(tags, "ses:source-ip", "127.0.0.1");
    tag(tags, "ses:from-domain", from.substring(from.lastIndexOf('@') + 1));
    tag(tags, "ses:caller-identity", "simulator");
    mail.tags().forEach((name, value) -> tag(tags, name, value));
    return event;
  }

  private static void headers(ReceivedMail mail, ObjectNode details) {
    ArrayNode headers = details.putArray("headers");
    ObjectNode common = details.putObject("commonHeaders");
    MailHeaders.of(mail.raw())
        .forEach(header -> {
          headers.addObject().put("name", header.name()).put("value", header.value());
          switch (header.name().toLowerCase(Locale.ROOT)) {
            case "from" -> common.putArray("from").add(header.value());
            case "to" -> common.putArray("to").add(header.value());
            case "subject" -> common.put("subject", header.value());
            default -> {}
          }
        });
    common.put("messageId", mail.messageId());
  }

  private static void tag(ObjectNode tags, String name, String value) {
    tags.putArray(name).add(value);
  }

  /** The address out of {@code Name <address>}. */
  private static String bare(String mailbox) {
    int open = mailbox.lastIndexOf('<');
    int close = mailbox.lastIndexOf('>');
    return open >= 0 && close > open ? mailbox.substring(open + 1, close) : mailbox.strip();
  }
}
