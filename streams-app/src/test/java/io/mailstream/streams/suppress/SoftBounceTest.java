package io.mailstream.streams.suppress;

import static io.mailstream.streams.suppress.Events.FOREVER;
import static io.mailstream.streams.suppress.Events.NOW;
import static io.mailstream.streams.suppress.Events.apply;
import static io.mailstream.streams.suppress.Events.bounce;
import static io.mailstream.streams.suppress.Events.command;
import static io.mailstream.streams.suppress.Events.event;
import static io.mailstream.streams.suppress.Events.only;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.policy.SuppressionRules;
import io.mailstream.store.SuppressionState;
import io.mailstream.streams.suppress.SuppressionUpdate.Outcome;
import io.mailstream.v1.BounceCategory;
import io.mailstream.v1.BounceClass;
import io.mailstream.v1.CommandAction;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.SuppressionEntry;
import io.mailstream.v1.SuppressionReason;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Bounces that may pass: how many of them, within which time, are a reason. */
class SoftBounceTest {

  @Test
  void enoughSoftBouncesWithinTheirTimeAreAReason() {
    SuppressionState state = null;
    for (int day = 0; day < 4; day++) {
      state = softBounce(state, "e" + day, day).state();
    }
    assertThat(state.getEntries()).isEmpty();

    SuppressionUpdate fifth = softBounce(state, "e4", 4);

    assertThat(fifth.outcome()).isEqualTo(Outcome.CHANGED);
    SuppressionEntry entry = only(fifth);
    assertThat(entry.getReason()).isEqualTo(SuppressionReason.REPEATED_SOFT_BOUNCE);
    assertThat(entry.getTenant()).isNull();
    assertThat(entry.getExpiresAt())
        .isEqualTo(Instant.ofEpochMilli(NOW).plus(Duration.ofDays(4 + 30)));
    assertThat(fifth.state().getSoftBounces()).isEmpty();
    assertThat(softBounce(fifth.state(), "e5", 5).outcome()).isEqualTo(Outcome.COUNTED);
  }

  @Test
  void softBouncesOutsideTheirTimeDoNotCount() {
    SuppressionState state = null;
    for (int i = 0; i < 40; i++) {
      SuppressionUpdate update = softBounce(state, "e" + i, i * 4);
      assertThat(update.outcome()).isEqualTo(Outcome.COUNTED);
      state = update.state();
    }
    assertThat(state.getSoftBounces()).hasSize(SuppressionRules.MAX_SOFT_BOUNCES).isSorted();
  }

  @Test
  void softBouncesCountByWhenTheyHappenedNotByTheirOrder() {
    SuppressionState state = null;
    for (int day : new int[] {30, 0, 1, 2, 29}) {
      SuppressionUpdate update =
          SuppressionUpdate.of(
              state,
              FeedbackEvent.newBuilder(
                      bounce("e" + day, BounceClass.TRANSIENT, BounceCategory.MAILBOX_FULL))
                  .setOccurredAt(Instant.ofEpochMilli(NOW).plus(Duration.ofDays(day)))
                  .build(),
              FOREVER,
              NOW + Duration.ofDays(30).toMillis());
      assertThat(update.outcome()).isEqualTo(Outcome.COUNTED);
      state = update.state();
    }
  }

  @Test
  void removingTheEntryForgetsTheSoftBouncesBehindIt() {
    SuppressionState state = null;
    for (int i = 0; i < 4; i++) {
      state = softBounce(state, "e" + i, 0).state();
    }
    state = apply(state, command("c1", CommandAction.REMOVE).build()).state();

    assertThat(softBounce(state, "e5", 0).outcome()).isEqualTo(Outcome.COUNTED);
  }

  private static SuppressionUpdate softBounce(SuppressionState known, String id, int day) {
    Instant at = Instant.ofEpochMilli(NOW).plus(Duration.ofDays(day));
    FeedbackEvent event = bounce(id, BounceClass.TRANSIENT, BounceCategory.MAILBOX_FULL);
    event.setOccurredAt(at);
    return SuppressionUpdate.of(known, event, FOREVER, at.toEpochMilli());
  }
}
