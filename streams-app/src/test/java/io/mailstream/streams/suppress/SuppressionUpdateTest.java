package io.mailstream.streams.suppress;

import static io.mailstream.streams.suppress.Events.FOREVER;
import static io.mailstream.streams.suppress.Events.NOW;
import static io.mailstream.streams.suppress.Events.apply;
import static io.mailstream.streams.suppress.Events.bounce;
import static io.mailstream.streams.suppress.Events.command;
import static io.mailstream.streams.suppress.Events.event;
import static io.mailstream.streams.suppress.Events.hardBounce;
import static io.mailstream.streams.suppress.Events.only;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.policy.SuppressionRules;
import io.mailstream.policy.SuppressionRules.Reach;
import io.mailstream.policy.SuppressionRules.Reasons;
import io.mailstream.policy.SuppressionRules.Rule;
import io.mailstream.store.SuppressionState;
import io.mailstream.streams.suppress.SuppressionUpdate.Outcome;
import io.mailstream.v1.BounceCategory;
import io.mailstream.v1.BounceClass;
import io.mailstream.v1.CommandAction;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.v1.SuppressionCommand;
import io.mailstream.v1.SuppressionEntry;
import io.mailstream.v1.SuppressionReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What an event or a command does to what is known of an address. */
class SuppressionUpdateTest {

  private static final Duration DAY = Duration.ofDays(1);

  @ParameterizedTest
  @CsvSource({
    "GENERAL, HARD_BOUNCE",
    "INVALID_RECIPIENT, HARD_BOUNCE",
    "UNKNOWN, HARD_BOUNCE",
    "ESP_SUPPRESSED, ESP_LIST"
  })
  void aPermanentBounceHoldsForEveryone(BounceCategory category, SuppressionReason reason) {
    SuppressionUpdate update = apply(null, bounce("e1", BounceClass.PERMANENT, category));

    assertThat(update.outcome()).isEqualTo(Outcome.CHANGED);
    SuppressionEntry entry = only(update);
    assertThat(entry.getReason()).isEqualTo(reason);
    assertThat(entry.getTenant()).isNull();
    assertThat(entry.getStream()).isNull();
    assertThat(entry.getSourceEventId()).isEqualTo("e1");
    assertThat(entry.getCreatedAt()).isEqualTo(Instant.ofEpochMilli(NOW));
    assertThat(entry.getExpiresAt()).isNull();
  }

  @ParameterizedTest
  @EnumSource(
      value = BounceClass.class,
      names = {"TRANSIENT", "UNDETERMINED"})
  void aSoftBounceIsCountedAndSuppressesNothing(BounceClass bounceClass) {
    SuppressionUpdate first = apply(null, bounce("e1", bounceClass, BounceCategory.MAILBOX_FULL));
    SuppressionUpdate second =
        apply(first.state(), bounce("e2", bounceClass, BounceCategory.GENERAL));

    assertThat(second.outcome()).isEqualTo(Outcome.COUNTED);
    assertThat(second.state().getSoftBounces()).hasSize(2);
    assertThat(second.state().getEntries()).isEmpty();
    assertThat(second.state().getChanges()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = BounceCategory.class,
      names = {
        "MESSAGE_TOO_LARGE",
        "CONTENT_REJECTED",
        "ATTACHMENT_REJECTED",
        "SPAM_CONTENT",
        "REPUTATION",
        "AUTHENTICATION",
        "POLICY",
        "GREYLISTED",
        "RATE_LIMITED",
        "TIMEOUT",
        "CONNECTION",
        "PROTOCOL"
      })
  void aBounceThatIsNotAboutTheAddressLeavesNoTrace(BounceCategory category) {
    for (BounceClass bounceClass : BounceClass.values()) {
      assertThat(apply(null, bounce("e1", bounceClass, category)))
          .isEqualTo(new SuppressionUpdate(null, Outcome.IGNORED));
    }
  }

  @Test
  void aFullMailboxIsNoHardBounceWhateverTheEspCallsIt() {
    assertThat(apply(null, bounce("e1", BounceClass.PERMANENT, BounceCategory.MAILBOX_FULL)))
        .extracting(SuppressionUpdate::outcome)
        .isEqualTo(Outcome.COUNTED);
  }

  @Test
  void aTenantsOwnRulesHoldForItsMail() {
    Reasons usual = SuppressionRules.DEFAULTS;
    SuppressionRules rules =
        new SuppressionRules(
            usual,
            Map.of(
                "shop",
                new Reasons(
                    new Rule(Reach.STREAM, Optional.of(DAY)),
                    new Rule(Reach.TENANT, Optional.empty()),
                    usual.espList(),
                    new Rule(Reach.TENANT, Optional.empty()),
                    usual.softBounces())));
    FeedbackEvent complaint = event("e1", FeedbackType.COMPLAINED).build();

    SuppressionEntry ofShop = only(SuppressionUpdate.of(null, complaint, rules, NOW));
    assertThat(ofShop.getTenant()).isEqualTo("shop");
    assertThat(ofShop.getStream()).isNull();
    FeedbackEvent ofAnother = FeedbackEvent.newBuilder(complaint).setTenant("club").build();
    assertThat(only(SuppressionUpdate.of(null, ofAnother, rules, NOW)).getTenant()).isNull();
    SuppressionEntry bounce = only(SuppressionUpdate.of(null, hardBounce("e2"), rules, NOW));
    assertThat(bounce.getStream()).isEqualTo("news");
    assertThat(bounce.getExpiresAt()).isEqualTo(Instant.ofEpochMilli(NOW).plus(DAY));
    SuppressionEntry unsubscribe =
        only(
            SuppressionUpdate.of(null, event("e3", FeedbackType.UNSUBSCRIBED).build(), rules, NOW));
    assertThat(unsubscribe.getTenant()).isEqualTo("shop");
    assertThat(unsubscribe.getStream()).isNull();
  }

  @Test
  void aBounceOfWhichNothingIsKnownSuppressesNothing() {
    FeedbackEvent event = event("e1", FeedbackType.BOUNCED).build();

    assertThat(apply(null, event).state().getEntries()).isEmpty();
  }

  @Test
  void aComplaintHoldsForEveryone() {
    SuppressionEntry entry =
        only(apply(null, event("e1", FeedbackType.COMPLAINED).setComplaintType("abuse").build()));

    assertThat(entry.getReason()).isEqualTo(SuppressionReason.COMPLAINT);
    assertThat(entry.getTenant()).isNull();
  }

  @Test
  void notSpamIsNoComplaint() {
    FeedbackEvent event = event("e1", FeedbackType.COMPLAINED).setComplaintType("not-spam").build();

    assertThat(SuppressionUpdate.concerns(event)).isFalse();
    assertThat(apply(null, event)).isEqualTo(new SuppressionUpdate(null, Outcome.IGNORED));
  }

  @Test
  void anUnsubscribeHoldsForItsStream() {
    SuppressionEntry entry = only(apply(null, event("e1", FeedbackType.UNSUBSCRIBED).build()));

    assertThat(entry.getReason()).isEqualTo(SuppressionReason.UNSUBSCRIBE);
    assertThat(entry.getTenant()).isEqualTo("shop");
    assertThat(entry.getStream()).isEqualTo("news");
  }

  @Test
  void anUnsubscribeOfNobodyKnowsWhatHoldsForEverything() {
    SuppressionEntry entry =
        only(apply(null, event("e1", FeedbackType.UNSUBSCRIBED).setTenant(null).build()));

    assertThat(entry.getTenant()).isNull();
    assertThat(entry.getStream()).isNull();
  }

  @Test
  void aBounceBecauseOfAnUnsubscribeCountsAsOne() {
    SuppressionEntry entry =
        only(apply(null, bounce("e1", BounceClass.PERMANENT, BounceCategory.UNSUBSCRIBED)));

    assertThat(entry.getReason()).isEqualTo(SuppressionReason.UNSUBSCRIBE);
    assertThat(entry.getStream()).isEqualTo("news");
  }

  @Test
  void aResubscribeEndsAnEarlierUnsubscribeOnly() {
    SuppressionState unsubscribed =
        apply(null, event("e1", FeedbackType.UNSUBSCRIBED).build()).state();

    FeedbackEvent before =
        event("e2", FeedbackType.RESUBSCRIBED)
            .setOccurredAt(Instant.ofEpochMilli(NOW - 2000))
            .build();
    SuppressionUpdate late = apply(unsubscribed, before);
    assertThat(late.outcome()).isEqualTo(Outcome.UNCHANGED);
    assertThat(late.state().getEntries()).hasSize(1);

    SuppressionUpdate after = apply(unsubscribed, event("e3", FeedbackType.RESUBSCRIBED).build());
    assertThat(after.outcome()).isEqualTo(Outcome.CHANGED);
    assertThat(after.state().getEntries()).isEmpty();
  }

  @Test
  void aResubscribeDoesNotEndABounce() {
    SuppressionState bounced = apply(null, hardBounce("e1")).state();

    assertThat(apply(bounced, event("e2", FeedbackType.RESUBSCRIBED).build()).state().getEntries())
        .hasSize(1);
  }

  @Test
  void anEventIsAppliedOnce() {
    SuppressionState bounced = apply(null, hardBounce("e1")).state();
    SuppressionState removed = apply(bounced, command("c1", CommandAction.REMOVE).build()).state();
    assertThat(removed.getEntries()).isEmpty();

    SuppressionUpdate repeat = apply(removed, hardBounce("e1"));

    assertThat(repeat.outcome()).isEqualTo(Outcome.REPEATED);
    assertThat(repeat.state()).isSameAs(removed);
  }

  @Test
  void anEventThatChangedNothingIsRememberedToo() {
    SuppressionState bounced = apply(null, hardBounce("e1")).state();
    SuppressionUpdate again = apply(bounced, hardBounce("e2"));
    assertThat(again.outcome()).isEqualTo(Outcome.UNCHANGED);
    SuppressionState removed =
        apply(again.state(), command("c1", CommandAction.REMOVE).build()).state();

    assertThat(apply(removed, hardBounce("e2")).outcome()).isEqualTo(Outcome.REPEATED);
  }

  @Test
  void whatIsRememberedIsBounded() {
    SuppressionState state = null;
    for (int i = 0; i < 100; i++) {
      state = apply(state, bounce("e" + i, BounceClass.TRANSIENT, BounceCategory.GENERAL)).state();
    }

    assertThat(state.getApplied()).hasSize(SuppressionDraft.REMEMBERED);
    assertThat(apply(state, bounce("e99", BounceClass.TRANSIENT, BounceCategory.GENERAL)).outcome())
        .isEqualTo(Outcome.REPEATED);
  }

  @Test
  void anEntryEndsAsTheRulesSayAndALaterBounceProlongsIt() {
    SuppressionUpdate first =
        SuppressionUpdate.of(null, hardBounce("e1"), Events.bouncesExpireAfter(DAY), NOW);
    assertThat(only(first).getExpiresAt()).isEqualTo(Instant.ofEpochMilli(NOW).plus(DAY));

    long later = NOW + 1000;
    SuppressionUpdate second =
        SuppressionUpdate.of(
            first.state(), hardBounce("e2"), Events.bouncesExpireAfter(DAY), later);
    assertThat(second.outcome()).isEqualTo(Outcome.CHANGED);
    assertThat(only(second).getExpiresAt()).isEqualTo(Instant.ofEpochMilli(later).plus(DAY));
    assertThat(only(second).getCreatedAt()).isEqualTo(Instant.ofEpochMilli(NOW));
  }

  @Test
  void anEndedEntryLeavesWithTheNextWrite() {
    SuppressionState expiring =
        SuppressionUpdate.of(null, hardBounce("e1"), Events.bouncesExpireAfter(DAY), NOW).state();

    SuppressionUpdate update =
        SuppressionUpdate.of(
            expiring, event("e2", FeedbackType.COMPLAINED).build(), FOREVER, NOW + DAY.toMillis());

    assertThat(only(update).getReason()).isEqualTo(SuppressionReason.COMPLAINT);
  }

  @Test
  void addReplacesTheEntryOfItsScopeAndReason() {
    SuppressionState first =
        apply(null, command("c1", CommandAction.ADD).setTenant("shop").setNote("a").build())
            .state();

    SuppressionUpdate second =
        apply(first, command("c2", CommandAction.ADD).setTenant("shop").setNote("b").build());

    assertThat(only(second).getReason()).isEqualTo(SuppressionReason.MANUAL);
    assertThat(only(second).getNote()).isEqualTo("b");
    assertThat(
            apply(second.state(), command("c3", CommandAction.ADD).setTenant("club").build())
                .state()
                .getEntries())
        .hasSize(2);
  }

  @Test
  void removeTakesItsScopeAndReasonOnly() {
    SuppressionState both =
        apply(
                apply(null, hardBounce("e1")).state(),
                command("c1", CommandAction.ADD).setTenant("shop").build())
            .state();

    assertThat(only(apply(both, command("c2", CommandAction.REMOVE).build())).getReason())
        .isEqualTo(SuppressionReason.MANUAL);
    SuppressionCommand otherReason =
        command("c3", CommandAction.REMOVE).setReason(SuppressionReason.COMPLAINT).build();
    assertThat(apply(both, otherReason).outcome()).isEqualTo(Outcome.UNCHANGED);
    assertThat(apply(both, otherReason).state().getEntries()).hasSize(2);
  }

  @Test
  void aCommandThatMakesNoSenseChangesNothing() {
    SuppressionState bounced = apply(null, hardBounce("e1")).state();

    assertThat(apply(bounced, command("c1", CommandAction.ADD).setStream("news").build()))
        .isEqualTo(new SuppressionUpdate(bounced, Outcome.INVALID));
    assertThat(apply(bounced, command("c2", CommandAction.UNKNOWN).build()).outcome())
        .isEqualTo(Outcome.INVALID);
  }

  @Test
  void theStoredFormComesBackEqual() {
    SuppressionState state =
        apply(
                apply(null, hardBounce("e1")).state(),
                bounce("e2", BounceClass.TRANSIENT, BounceCategory.GENERAL))
            .state();

    SuppressionState back = SuppressionStateCodec.decode(SuppressionStateCodec.encode(state));

    assertThat(List.copyOf(back.getEntries())).isEqualTo(state.getEntries());
    assertThat(List.copyOf(back.getApplied())).isEqualTo(state.getApplied());
    assertThat(List.copyOf(back.getSoftBounces())).isEqualTo(state.getSoftBounces()).hasSize(1);
    assertThat(List.copyOf(back.getChanges())).isEqualTo(state.getChanges()).hasSize(1);
    assertThat(SuppressionStateCodec.decode(null)).isNull();
  }
}
