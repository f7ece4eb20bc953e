package io.mailstream.streams.suppress;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.policy.SuppressionRules;
import io.mailstream.policy.SuppressionRules.Reach;
import io.mailstream.policy.SuppressionRules.Reasons;
import io.mailstream.policy.SuppressionRules.Rule;
import io.mailstream.store.SuppressionState;
import io.mailstream.v1.Bounce;
import io.mailstream.v1.BounceCategory;
import io.mailstream.v1.BounceClass;
import io.mailstream.v1.CommandAction;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.v1.SuppressionCommand;
import io.mailstream.v1.SuppressionEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Events and commands for the tests of this package. */
public final class Events {

  static final String ADDRESS = "jane@example.com";
  static final long NOW = Instant.parse("2026-11-21T10:00:00Z").toEpochMilli();
  public static final SuppressionRules FOREVER = SuppressionRules.usual();

  private Events() {}

  static SuppressionRules bouncesExpireAfter(Duration duration) {
    Reasons usual = SuppressionRules.DEFAULTS;
    return new SuppressionRules(
        new Reasons(
            new Rule(Reach.EVERYTHING, Optional.of(duration)),
            usual.complaint(),
            usual.espList(),
            usual.unsubscribe(),
            usual.softBounces()),
        Map.of());
  }

  public static FeedbackEvent.Builder event(String id, FeedbackType type) {
    return FeedbackEvent.newBuilder()
        .setEventId(id)
        .setProvider("ses")
        .setType(type)
        .setRecipient(ADDRESS)
        .setTenant("shop")
        .setStream("news")
        .setOccurredAt(Instant.ofEpochMilli(NOW - 1000))
        .setReceivedAt(Instant.ofEpochMilli(NOW));
  }

  static FeedbackEvent bounce(String id, BounceClass bounceClass, BounceCategory category) {
    return event(id, FeedbackType.BOUNCED)
        .setBounce(
            Bounce.newBuilder()
                .setBounceClass(bounceClass)
                .setCategory(category)
                .setDiagnostic("550 5.1.1 <jane@example.com> unknown")
                .build())
        .build();
  }

  public static FeedbackEvent hardBounce(String id) {
    return bounce(id, BounceClass.PERMANENT, BounceCategory.GENERAL);
  }

  static SuppressionCommand.Builder command(String id, CommandAction action) {
    return SuppressionCommand.newBuilder()
        .setCommandId(id)
        .setAction(action)
        .setAddress(ADDRESS)
        .setIssuedAt(Instant.ofEpochMilli(NOW));
  }

  /** What an event makes of what is known. */
  static SuppressionUpdate apply(SuppressionState known, FeedbackEvent event) {
    return SuppressionUpdate.of(known, event, FOREVER, NOW);
  }

  /** What a command makes of what is known. */
  static SuppressionUpdate apply(SuppressionState known, SuppressionCommand command) {
    return SuppressionUpdate.of(known, command, NOW);
  }

  /** The one entry that there is. */
  static SuppressionEntry only(SuppressionUpdate update) {
    assertThat(update.state().getEntries()).hasSize(1);
    return update.state().getEntries().getFirst();
  }
}
