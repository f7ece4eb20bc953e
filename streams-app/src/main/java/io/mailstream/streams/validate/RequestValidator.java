package io.mailstream.streams.validate;

import io.mailstream.policy.Policies;
import io.mailstream.policy.Tenant;
import io.mailstream.streams.validate.FanOut.Target;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.SendRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Decides whether a request can be sent at all. Every fault of it is found at once, and nothing
 * that can be written to the topic makes it fail.
 */
final class RequestValidator {

  /** How far ahead a mail can be scheduled. */
  static final Duration LONGEST_SCHEDULE = Duration.ofDays(366);

  static final int MOST_TAGS = 50;

  private static final int MOST_REPLY_TO = 25;
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_-]{1,256}");

  private final Policies policies;

  RequestValidator(Policies policies) {
    this.policies = policies;
  }

  /**
   * Checks a request.
   *
   * @param targets its distinct recipients
   * @param now the time, in milliseconds since the epoch
   */
  Faults check(SendRequest request, List<Target> targets, long now) {
    Faults faults = new Faults();
    TextRules.id(faults, "request_id", request.getRequestId());
    if (request.getIdempotencyKey() != null) {
      TextRules.id(faults, "idempotency_key", request.getIdempotencyKey());
    }
    if (request.getActor() != null) {
      TextRules.id(faults, "actor", request.getActor());
    }
    recipients(faults, request, targets);
    for (int i = 0; i < Math.min(request.getReplyTo().size(), MOST_REPLY_TO + 1); i++) {
      mailbox(
          faults, ReasonCode.INVALID_ADDRESS, "reply_to[" + i + "]", request.getReplyTo().get(i));
    }
    if (request.getReplyTo().size() > MOST_REPLY_TO) {
      faults.add(
          ReasonCode.INVALID_ADDRESS,
          "reply_to",
          "has %d addresses: give at most %d"
              .formatted(request.getReplyTo().size(), MOST_REPLY_TO));
    }
    Optional<String> from = mailbox(faults, ReasonCode.INVALID_SENDER, "from", request.getFrom());
    tenant(faults, request, from);
    TextRules.line(
        faults,
        ReasonCode.INVALID_SUBJECT,
        "subject",
        request.getSubject(),
        TextRules.LONGEST_LINE);
    HeaderRules.check(faults, request.getHeaders());
    ContentRules.check(faults, request.getContent(), policies.references());
    tags(faults, request.getTags());
    schedule(faults, request, now);
    return faults;
  }

  static boolean areTags(Map<String, String> tags) {
    return tags.size() <= MOST_TAGS
        && tags.entrySet().stream()
            .allMatch(tag ->
                TAG.matcher(tag.getKey()).matches() && TAG.matcher(tag.getValue()).matches());
  }

  private void recipients(Faults faults, SendRequest request, List<Target> targets) {
    if (targets.isEmpty()) {
      faults.add(
          ReasonCode.NO_RECIPIENTS, "to, cc and bcc", "are empty: name at least one recipient");
    }
    if (targets.size() > policies.maxRecipients()) {
      faults.add(
          ReasonCode.TOO_MANY_RECIPIENTS,
          "to, cc and bcc",
          "name %d recipients: the policies allow %d; send several requests"
              .formatted(targets.size(), policies.maxRecipients()));
    }
    addresses(faults, "to", request.getTo());
    addresses(faults, "cc", request.getCc());
    addresses(faults, "bcc", request.getBcc());
  }

  private static void addresses(Faults faults, String field, List<Recipient> recipients) {
    for (int i = 0; i < recipients.size(); i++) {
      Recipient recipient = recipients.get(i);
      String where = field + "[" + i + "]";
      AddressRules.check(
          faults, ReasonCode.INVALID_ADDRESS, where + ".address", recipient.getAddress());
      name(faults, ReasonCode.INVALID_ADDRESS, where, recipient.getName());
    }
  }

  private static Optional<String> mailbox(
      Faults faults, ReasonCode code, String where, Mailbox mailbox) {
    name(faults, code, where, mailbox.getName());
    return AddressRules.check(faults, code, where + ".address", mailbox.getAddress());
  }

  private static void name(Faults faults, ReasonCode code, String where, String name) {
    if (name != null) {
      TextRules.line(faults, code, where + ".name", name, TextRules.LONGEST_DISPLAY_NAME);
    }
  }

  private void tenant(Faults faults, SendRequest request, Optional<String> from) {
    Optional<Tenant> found =
        TextRules.isName(request.getTenant())
            ? policies.tenant(request.getTenant())
            : Optional.empty();
    if (found.isEmpty()) {
      faults.add(
          ReasonCode.UNKNOWN_TENANT,
          "tenant",
          "is not in the policies: name one of theirs, or add it there");
      return;
    }
    Tenant tenant = found.get();
    if (!TextRules.isName(request.getStream()) || tenant.stream(request.getStream()).isEmpty()) {
      faults.add(
          ReasonCode.UNKNOWN_STREAM,
          "stream",
          "is not among the tenant's streams in the policies: name one of them, or add it there");
    }
    if (from.isPresent() && !isAllowed(tenant.fromDomains(), domain(from.get()))) {
      faults.add(
          ReasonCode.FROM_DOMAIN_NOT_ALLOWED,
          "from.address",
          "has a domain that the policies do not allow to the tenant: use one of from_domains");
    }
    String hint = request.getAccount();
    if (hint != null && !(policies.accounts().containsKey(hint) && tenant.mayAskFor(hint))) {
      faults.add(
          ReasonCode.UNKNOWN_ACCOUNT,
          "account",
          "is none that the policies allow to the tenant: name one of allowed_accounts, or none");
    }
  }

  /** Whether a domain is among those allowed, by name, below {@code *.}, or by {@code *}. */
  static boolean isAllowed(Set<String> allowed, String domain) {
    if (allowed.contains("*") || allowed.contains(domain)) {
      return true;
    }
    for (int dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1)) {
      if (allowed.contains("*" + domain.substring(dot))) {
        return true;
      }
    }
    return false;
  }

  private static String domain(String canonicalAddress) {
    return canonicalAddress.substring(canonicalAddress.lastIndexOf('@') + 1);
  }

  private static void tags(Faults faults, Map<String, String> tags) {
    if (!areTags(tags)) {
      faults.add(
          ReasonCode.INVALID_TAG,
          "tags",
          "hold a name or value that is not 1 to 256 letters, digits, '_' and '-', or are more"
              + " than %d".formatted(MOST_TAGS));
    }
  }

  private static void schedule(Faults faults, SendRequest request, long now) {
    Instant sendAt = request.getSendAt();
    Instant expiresAt = request.getExpiresAt();
    if (sendAt != null && sendAt.isAfter(Instant.ofEpochMilli(now).plus(LONGEST_SCHEDULE))) {
      faults.add(
          ReasonCode.INVALID_SCHEDULE,
          "send_at",
          "is more than %d days ahead: send the request later"
              .formatted(LONGEST_SCHEDULE.toDays()));
    }
    if (sendAt != null && expiresAt != null && !expiresAt.isAfter(sendAt)) {
      faults.add(
          ReasonCode.INVALID_SCHEDULE,
          "expires_at",
          "is not after send_at: it could never be sent");
    }
  }
}
