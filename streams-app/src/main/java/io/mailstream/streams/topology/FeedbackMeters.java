package io.mailstream.streams.topology;

import io.mailstream.policy.DomainGroups;
import io.mailstream.policy.Tenant;
import io.mailstream.runtime.metrics.CappedCounters;
import io.mailstream.v1.BounceClass;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * What the ESPs report of mail, by tenant and stream and by the mailbox provider of the recipient:
 * what the rates of bounces and complaints are made of. An event that the ESP repeats counts again.
 */
final class FeedbackMeters {

  /** Combinations of tenant and stream that are told apart on one instance. */
  static final int MOST_STREAMS = 200;

  private static final List<String> EXPECTED =
      List.of("delivered", "bounced_permanent", "bounced_transient", "complained");

  private static final String NOT_TOLD = "unknown";
  private static final String NOT_SPAM = "not-spam";

  private final DomainGroups groups;
  private final CappedCounters byStream;
  private final CappedCounters byDomain;

  FeedbackMeters(DomainGroups groups, MeterRegistry registry) {
    this.groups = groups;
    this.byStream =
        new CappedCounters(
            registry,
            "mailstream.feedback.events",
            "Events of ESPs, by the tenant and stream of the mail",
            MOST_STREAMS,
            List.of("tenant", "stream"),
            "type");
    this.byDomain =
        new CappedCounters(
            registry,
            "mailstream.feedback.domain.events",
            "Events of ESPs, by the mailbox provider of the recipient",
            DomainGroups.MOST_TOLD,
            List.of("domain"),
            "type");
  }

  /** Has what the policies name begin at 0. */
  void expect(Collection<Tenant> tenants) {
    groups.labels().forEach(label -> byDomain.expect(List.of(label), EXPECTED));
    for (Tenant tenant : tenants) {
      tenant
          .streams()
          .keySet()
          .forEach(stream -> byStream.expect(List.of(tenant.name(), stream), EXPECTED));
    }
  }

  /**
   * An event that came in.
   *
   * @param recipientKey the recipient's key
   */
  void came(FeedbackEvent event, String recipientKey) {
    String type = type(event);
    byStream.increment(List.of(told(event.getTenant()), told(event.getStream())), type);
    byDomain.increment(List.of(groups.labelOf(recipientKey)), type);
  }

  /** The event's type; bounces by their class, for only lasting ones harm the reputation. */
  static String type(FeedbackEvent event) {
    if (event.getType() == FeedbackType.BOUNCED) {
      BounceClass lasting =
          event.getBounce() == null ? BounceClass.UNDETERMINED : event.getBounce().getBounceClass();
      return "bounced_" + lasting.name().toLowerCase(Locale.ROOT);
    }
    return event.getType() == FeedbackType.COMPLAINED
            && NOT_SPAM.equalsIgnoreCase(event.getComplaintType())
        ? "not_spam"
        : event.getType().name().toLowerCase(Locale.ROOT);
  }

  private static String told(String name) {
    return name == null ? NOT_TOLD : name;
  }
}
