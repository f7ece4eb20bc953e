package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class RecollectionTest {

  private static final TopicPartition PARTITION = new TopicPartition("mail.dispatch.bulk", 3);

  private final Recollection recollection = new Recollection();

  @Test
  void whatTheBrokersForgotIsNotBegunAgain() {
    recollection.keep(PARTITION, state(20, 26, 22, 24));

    StartedOffsets state = recollection.recall(PARTITION, state(10, 14, 12));

    assertThat(state.prefix()).isEqualTo(20);
    assertThat(state.startedUpTo()).isEqualTo(26);
    assertThat(state.isUncertain(20)).isTrue();
    assertThat(state.isFinished(22)).isTrue();
    assertThat(state.isUncertain(23)).isTrue();
    assertThat(state.isFinished(24)).isTrue();
  }

  @Test
  void whatAnotherSenderCommittedMeanwhileCounts() {
    recollection.keep(PARTITION, state(10, 16, 12));

    StartedOffsets state = recollection.recall(PARTITION, state(11, 20, 15, 18));

    assertThat(state.prefix()).isEqualTo(11);
    assertThat(state.startedUpTo()).isEqualTo(20);
    assertThat(state.isUncertain(11)).isTrue();
    assertThat(state.isFinished(12)).isTrue();
    assertThat(state.isFinished(15)).isTrue();
    assertThat(state.isUncertain(16)).isTrue();
    assertThat(state.isFinished(18)).isTrue();
  }

  @Test
  void aPartitionThatWasNeverHereIsAsCommitted() {
    recollection.keep(new TopicPartition("mail.dispatch.bulk", 4), state(20, 26));
    StartedOffsets committed = state(10, 14, 12);

    assertThat(recollection.recall(PARTITION, committed)).isSameAs(committed);
  }

  private static StartedOffsets state(long prefix, long startedUpTo, long... finished) {
    BitSet bits = new BitSet();
    for (long offset : finished) {
      bits.set((int) (offset - prefix));
    }
    return new StartedOffsets(prefix, startedUpTo, bits, 7);
  }
}
