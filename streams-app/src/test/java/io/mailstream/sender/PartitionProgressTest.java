package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartitionProgressTest {

  private final PartitionProgress<Mail> progress =
      new PartitionProgress<>(StartedOffsets.nothingStarted(10), 8);

  @Test
  void onlyWhatACommitHasSaidMayStart() {
    add(progress, 10, 11, 12);
    progress.startHead();
    progress.startHead();

    StartedOffsets proposal = progress.propose(1);

    assertThat(proposal.prefix()).isEqualTo(10);
    assertThat(proposal.startedUpTo()).isEqualTo(12);
    assertThat(progress.committed()).extracting(Tracked::offset).containsExactly(10L, 11L);
    assertThat(progress.waiting()).isEqualTo(1);
    assertThat(progress.isTouched()).isFalse();
  }

  @Test
  void whatHasEndedIsOpenUntilTheNextCommitOnly() {
    add(progress, 10, 11, 12);
    Mail sent = progress.startHead();
    progress.startHead();
    commit(progress);
    progress.finish(sent);
    progress.finishHead();

    assertThat(progress.open()).isEqualTo(3);
    assertThat(progress.openAfterCommit()).isEqualTo(1);
    commit(progress);
    assertThat(progress.open()).isEqualTo(1);
  }

  @Test
  void outcomesAreNotUrgentAndWhatWaitsToBeginIs() {
    add(progress, 10, 11);
    Mail sent = progress.startHead();
    assertThat(progress.isUrgent()).isTrue();
    commit(progress);

    progress.finish(sent);
    assertThat(progress.isTouched()).isTrue();
    assertThat(progress.isUrgent()).isFalse();
    progress.startHead();
    assertThat(progress.isUrgent()).isTrue();

    progress.propose(2);
    progress.aborted();
    assertThat(progress.isUrgent()).isFalse();
    progress.touch();
    assertThat(progress.isUrgent()).isTrue();
  }

  @Test
  void anAbortPutsTheNewBackInOrderAndKeepsTheOutcomes() {
    add(progress, 10, 11, 12);
    Mail sent = progress.startHead();
    commit(progress);
    progress.finish(sent);
    progress.startHead();
    progress.finishHead();
    progress.propose(2);

    progress.aborted();

    assertThat(progress.head().offset()).isEqualTo(11);
    assertThat(progress.head().isFinished()).isFalse();
    assertThat(progress.waiting()).isEqualTo(2);
    assertThat(progress.isTouched()).isTrue();
    assertThat(progress.finishing()).containsExactly(sent);
    assertThat(progress.propose(3).prefix()).isEqualTo(11);
  }

  @Test
  void anAbortWithoutOutcomesLeavesNothingToCommit() {
    add(progress, 10);
    progress.finishHead();
    progress.propose(1);

    progress.aborted();

    assertThat(progress.isTouched()).isFalse();
    assertThat(progress.finishing()).isEmpty();
    assertThat(progress.head().offset()).isEqualTo(10);
  }

  @Test
  void theSlowestSendHoldsThePrefixAndTheWindowIsBounded() {
    add(progress, 10, 11, 12, 17, 18);
    Mail slow = progress.startHead();
    Mail fast = progress.startHead();
    progress.startHead();
    progress.startHead();
    commit(progress);
    progress.finish(fast);

    StartedOffsets proposal = progress.propose(2);

    assertThat(proposal.prefix()).isEqualTo(10);
    assertThat(proposal.isFinished(11)).isTrue();
    assertThat(proposal.isUncertain(12)).isTrue();
    assertThat(proposal.isFinished(13)).as("no record there").isTrue();
    assertThat(proposal.isUncertain(17)).isTrue();
    progress.committed();
    assertThat(progress.hasRoom()).as("18 is 8 beyond 10").isFalse();
    assertThatIllegalStateException().isThrownBy(progress::startHead);
    progress.finish(slow);
    assertThat(progress.hasRoom()).isTrue();
  }

  @Test
  void thePrefixPassesOffsetsWithoutRecords() {
    add(progress, 10);
    Mail mail = progress.startHead();
    progress.readUpTo(14);
    commit(progress);
    progress.finish(mail);

    assertThat(progress.propose(2).prefix()).isEqualTo(14);
  }

  @Test
  void aSuccessorSkipsTheFinishedAndMayOnlyFinishTheUncertain() {
    BitSet finished = new BitSet();
    finished.set(1);
    PartitionProgress<Mail> successor =
        new PartitionProgress<>(new StartedOffsets(10, 13, finished, 5), 8);

    assertThat(successor.add(new Mail(10))).isTrue();
    assertThat(successor.add(new Mail(11))).isFalse();
    add(successor, 12, 13);
    assertThat(successor.isLeftUncertain()).isTrue();
    assertThatIllegalStateException().isThrownBy(successor::startHead);
    successor.finishHead();
    StartedOffsets proposal = successor.propose(6);
    assertThat(proposal.prefix()).isEqualTo(12);
    assertThat(proposal.startedUpTo()).isEqualTo(13);
    assertThat(successor.committed()).isEmpty();
    successor.finishHead();
    assertThat(successor.isLeftUncertain()).isFalse();
    successor.startHead();
    successor.propose(7);
    assertThat(successor.committed()).extracting(Tracked::offset).containsExactly(13L);
  }

  @Test
  void whatAPredecessorFinishedBeyondIsSaidAgainBeforeItIsRead() {
    BitSet finished = new BitSet();
    finished.set(5);
    PartitionProgress<Mail> successor =
        new PartitionProgress<>(new StartedOffsets(10, 17, finished, 5), 8);
    add(successor, 10);
    successor.finishHead();

    StartedOffsets proposal = successor.propose(6);

    assertThat(proposal.prefix()).isEqualTo(11);
    assertThat(proposal.isUncertain(12)).isTrue();
    assertThat(proposal.isFinished(15)).isTrue();
    assertThat(proposal.isUncertain(16)).isTrue();
    assertThat(proposal.startedUpTo()).isEqualTo(17);
  }

  @Test
  void aWholeTopicLeftUncertainIsWorkedOffWithinTheMetadata() {
    PartitionProgress<Mail> successor =
        new PartitionProgress<>(new StartedOffsets(0, 1_000_000_000, new BitSet(), 5), 8);
    add(successor, 3, 500_000_000);
    successor.finishHead();

    StartedOffsets proposal = successor.propose(6);

    assertThat(proposal.prefix()).isEqualTo(500_000_000);
    assertThat(proposal.startedUpTo()).isEqualTo(1_000_000_000);
    assertThat(proposal.metadata().length()).isLessThan(64);
  }

  private static void add(PartitionProgress<Mail> progress, long... offsets) {
    for (long offset : offsets) {
      progress.add(new Mail(offset));
    }
  }

  private static List<Mail> commit(PartitionProgress<Mail> progress) {
    progress.propose(1);
    return progress.committed();
  }

  static final class Mail extends Tracked {
    Mail(long offset) {
      super(offset);
    }
  }
}
