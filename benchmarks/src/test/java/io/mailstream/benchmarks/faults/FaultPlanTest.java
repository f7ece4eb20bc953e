package io.mailstream.benchmarks.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.benchmarks.faults.Fault.Kind;
import io.mailstream.benchmarks.faults.Fault.Role;
import io.mailstream.benchmarks.faults.FaultPlan.Counts;
import io.mailstream.benchmarks.faults.FaultPlan.Lengths;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The plan has what it was asked for, within the run, and is the same for the same seed. */
class FaultPlanTest {

  private static final Lengths LENGTHS = new Lengths(Duration.ofSeconds(6), Duration.ofSeconds(60));

  private static FaultPlan plan(long seed) {
    return FaultPlan.of(seed, 10_000, new Counts(50, 20, 10, 10, 2, 5, 4), LENGTHS);
  }

  @Test
  void itHasWhatItWasAskedFor() {
    FaultPlan plan = plan(1);
    assertThat(plan.kills(Role.SENDER)).isEqualTo(50);
    assertThat(plan.kills(Role.INGESTER)).isEqualTo(50);
    assertThat(plan.kills(Role.TOPOLOGY)).isEqualTo(55);
    assertThat(plan.kills(Role.BROKER)).isEqualTo(20);
    assertThat(plan.faults()).hasSize(50 * 4 + 20 + 10 + 10 + 2 + 5 + 4);
    assertThat(plan.faults()).extracting(Fault::storm).contains(Fault.Storm.values());
  }

  @Test
  void allOfItIsWithinTheRunAndInItsOrder() {
    assertThat(plan(2).faults())
        .allSatisfy(fault -> assertThat(fault.atRequest()).isBetween(500, 9_500))
        .isSortedAccordingTo((a, b) -> Integer.compare(a.atRequest(), b.atRequest()));
  }

  @Test
  void pausesLastLongerThanSessions() {
    assertThat(plan(3).faults())
        .filteredOn(fault -> fault.kind() == Kind.PAUSE)
        .allSatisfy(fault -> assertThat(fault.length()).isGreaterThan(LENGTHS.session()));
  }

  @Test
  void itComesFromItsSeed() {
    assertThat(plan(4)).isEqualTo(plan(4)).isNotEqualTo(plan(5));
  }
}
