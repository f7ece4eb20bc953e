package io.mailstream.streams.hold;

import io.mailstream.policy.Account;
import io.mailstream.policy.Deduplication;
import io.mailstream.policy.DomainGroups;
import io.mailstream.policy.DomainLimits;
import io.mailstream.policy.Limit;
import io.mailstream.policy.Policies;
import io.mailstream.policy.Retry;
import io.mailstream.policy.Routes;
import io.mailstream.policy.StreamPolicy;
import io.mailstream.policy.SuppressionRules;
import io.mailstream.policy.Tenant;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.v1.Cancellation;
import io.mailstream.v1.Deferral;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.RecordOrigin;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;

/** Deliveries and what happens to them, for tests of this step. */
final class Mail {

  /** When the tests' time begins. */
  static final long START = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();

  static final Retry RETRY =
      new Retry(Duration.ofSeconds(10), 2, Duration.ofMinutes(5), 0.2, 3, Duration.ofHours(6));

  private Mail() {}

  static Delivery delivery(String id, String tenant, String stream, Lane lane) {
    return Delivery.newBuilder()
        .setDeliveryId(id)
        .setRequestId("request-" + id)
        .setTenant(tenant)
        .setIdempotencyKey("key-" + id)
        .setStream(stream)
        .setLane(lane)
        .setAccount("main")
        .setRecipient(Recipient.newBuilder().setAddress(id + "@example.com").build())
        .setOrigin(new RecordOrigin("mail.requests.bulk", 0, (long) id.hashCode()))
        .setAcceptedAt(Instant.ofEpochMilli(START))
        .setFrom(Mailbox.newBuilder().setAddress("news@sender.example").build())
        .setSubject("Subject " + id)
        .setContent(InlineContent.newBuilder().setText("Hello " + id).build())
        .build();
  }

  /** The key that a record has: the canonical address that it is about. */
  static String key(SpecificRecord value) {
    return RecipientKey.of(
        switch (value) {
          case Delivery delivery -> delivery.getRecipient().getAddress();
          case Deferral deferral -> deferral.getDelivery().getRecipient().getAddress();
          case FeedbackEvent event -> event.getRecipient();
          case Cancellation cancellation -> cancellation.getRecipient();
          default -> throw new IllegalStateException("no key for " + value);
        });
  }

  static Delivery bulk(String id) {
    return delivery(id, "acme", "news", Lane.BULK);
  }

  static Deferral deferral(Delivery delivery, DeferralReason reason, Long notBefore, long now) {
    return Deferral.newBuilder()
        .setDelivery(delivery)
        .setReason(reason)
        .setNotBefore(notBefore == null ? null : Instant.ofEpochMilli(notBefore))
        .setReasonCode(ReasonCode.ESP_THROTTLED)
        .setDetail("the ESP said so")
        .setDeferredAt(Instant.ofEpochMilli(now))
        .build();
  }

  static FeedbackEvent event(String deliveryId, FeedbackType type, long now) {
    return FeedbackEvent.newBuilder()
        .setEventId("event-" + deliveryId + type)
        .setProvider("ses")
        .setType(type)
        .setRecipient(deliveryId + "@example.com")
        .setDeliveryId(deliveryId)
        .setProviderMessageId("esp-" + deliveryId)
        .setOccurredAt(Instant.ofEpochMilli(now))
        .setReceivedAt(Instant.ofEpochMilli(now))
        .build();
  }

  /**
   * Policies with limits by name: {@code account}, {@code account@domain}, {@code account@} for all
   * other domains, {@code tenant}, {@code tenant/actor}, {@code tenant/recipient}, {@code
   * tenant/stream}, {@code tenant/stream/actor}, {@code tenant/stream/recipient}.
   */
  static Policies policies(Map<String, Limit> limits, Duration evidenceWindow) {
    Map<String, Account> accounts = new LinkedHashMap<>();
    for (String name : Set.of("main", "spare")) {
      DomainLimits domains =
          new DomainLimits(
              limits.entrySet().stream()
                  .filter(entry -> entry.getKey().startsWith(name + "@"))
                  .collect(
                      Collectors.toMap(
                          entry -> entry.getKey().substring(name.length() + 1),
                          entry -> Optional.of(entry.getValue()))),
              Optional.ofNullable(limits.get(name + "@")));
      accounts.put(
          name, new Account(name, "ses", Optional.ofNullable(limits.get(name)), domains, Map.of()));
    }
    Map<String, Tenant> tenants = new LinkedHashMap<>();
    for (String tenant : Set.of("acme", "zeta")) {
      Map<String, StreamPolicy> streams = new LinkedHashMap<>();
      for (String stream : Set.of("news", "reset", "digest")) {
        Optional<Limit> limit = Optional.ofNullable(limits.get(tenant + "/" + stream));
        streams.put(
            stream,
            new StreamPolicy(
                stream,
                Optional.empty(),
                limit,
                Optional.ofNullable(limits.get(tenant + "/" + stream + "/actor")),
                Optional.ofNullable(limits.get(tenant + "/" + stream + "/recipient")),
                Optional.empty(),
                evidenceWindow,
                false));
      }
      tenants.put(
          tenant,
          new Tenant(
              tenant,
              Set.of("*"),
              Routes.only("main"),
              Set.of("spare"),
              Optional.ofNullable(limits.get(tenant)),
              Optional.ofNullable(limits.get(tenant + "/actor")),
              Optional.ofNullable(limits.get(tenant + "/recipient")),
              streams,
              Optional.empty()));
    }
    return new Policies(
        accounts,
        tenants,
        Optional.empty(),
        DomainGroups.known(),
        RETRY,
        new Deduplication(Duration.ofHours(24), 2),
        SuppressionRules.usual(),
        1024 * 1024,
        512 * 1024,
        50);
  }
}
