package io.mailstream.streams.suppress;

import static io.mailstream.streams.suppress.Events.NOW;
import static io.mailstream.streams.suppress.Events.apply;
import static io.mailstream.streams.suppress.Events.command;
import static io.mailstream.streams.suppress.Events.event;
import static io.mailstream.streams.suppress.Events.hardBounce;
import static io.mailstream.streams.suppress.Events.only;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.mailstream.policy.SuppressionRules;
import io.mailstream.store.ChangeKind;
import io.mailstream.store.SuppressionChange;
import io.mailstream.store.SuppressionState;
import io.mailstream.v1.CommandAction;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.v1.SuppressionReason;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The record of changes that an address keeps: who, why, when, by which event. */
class SuppressionTrailTest {

  private static final Duration DAY = Duration.ofDays(1);

  @Test
  void everyChangeIsWrittenDown() {
    SuppressionState state =
        SuppressionUpdate.of(null, hardBounce("e1"), Events.bouncesExpireAfter(DAY), NOW).state();
    state = apply(state, event("e2", FeedbackType.UNSUBSCRIBED).build()).state();
    state =
        apply(
                state,
                command("c1", CommandAction.REMOVE)
                    .setIssuedBy("ops")
                    .setNote("mailbox is back")
                    .build())
            .state();
    state = apply(state, event("e3", FeedbackType.RESUBSCRIBED).build()).state();

    assertThat(state.getEntries()).isEmpty();
    assertThat(state.getChanges())
        .extracting(
            SuppressionChange::getKind,
            SuppressionChange::getReason,
            SuppressionChange::getStream,
            SuppressionChange::getBy,
            SuppressionChange::getEventId,
            SuppressionChange::getNote)
        .containsExactly(
            tuple(ChangeKind.ADDED, SuppressionReason.HARD_BOUNCE, null, "ses", "e1", null),
            tuple(ChangeKind.ADDED, SuppressionReason.UNSUBSCRIBE, "news", "ses", "e2", null),
            tuple(
                ChangeKind.REMOVED,
                SuppressionReason.HARD_BOUNCE,
                null,
                "ops",
                "c1",
                "mailbox is back"),
            tuple(ChangeKind.REMOVED, SuppressionReason.UNSUBSCRIBE, "news", "ses", "e3", null));
    assertThat(state.getChanges().getFirst().getAt()).isEqualTo(Instant.ofEpochMilli(NOW));
  }

  @Test
  void anEndAndARowOfProlongationsAreOneLineEach() {
    SuppressionRules rules = Events.bouncesExpireAfter(DAY);
    SuppressionState state = null;
    for (int i = 0; i < 5; i++) {
      state = SuppressionUpdate.of(state, hardBounce("e" + i), rules, NOW + i).state();
    }
    state = SuppressionUpdate.of(state, hardBounce("e9"), rules, NOW + DAY.toMillis() + 5).state();

    assertThat(state.getChanges())
        .extracting(
            SuppressionChange::getKind, SuppressionChange::getBy, SuppressionChange::getEventId)
        .containsExactly(
            tuple(ChangeKind.ADDED, "ses", "e0"),
            tuple(ChangeKind.PROLONGED, "ses", "e4"),
            tuple(ChangeKind.EXPIRED, "mailstream", "e0"),
            tuple(ChangeKind.ADDED, "ses", "e9"));
  }

  @Test
  void onlyTheLatestChangesStay() {
    SuppressionState state = null;
    for (int i = 0; i < 50; i++) {
      state = apply(state, command("c" + i, CommandAction.ADD).build()).state();
    }

    assertThat(state.getChanges()).hasSize(SuppressionDraft.CHANGES);
    assertThat(state.getChanges().getLast().getEventId()).isEqualTo("c49");
  }

  @Test
  void aLongDiagnosticIsCut() {
    FeedbackEvent event = hardBounce("e1");
    event.getBounce().setDiagnostic("x".repeat(5000));

    assertThat(only(apply(null, event)).getNote()).hasSize(512);
  }
}
