package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartedOffsetsTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void anyWindowComesBackAsItWentAndFitsTheMetadata(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      long prefix = random.nextLong(1L << random.nextInt(1, 62));
      int window = random.nextInt(StartedOffsets.MAX_WINDOW + 1);
      BitSet finished = new BitSet();
      double density = random.nextDouble();
      for (int i = 0; i < window; i++) {
        finished.set(i, random.nextDouble() < density);
      }
      StartedOffsets state =
          new StartedOffsets(prefix, prefix + window, finished, random.nextLong());

      String metadata = state.metadata();

      assertThat(metadata.length())
          .as("seed %d, round %d", seed, round)
          .isLessThanOrEqualTo(StartedOffsets.MAX_METADATA_LENGTH);
      assertThat(metadata).matches("[ -~]+");
      assertThat(StartedOffsets.parse(prefix, metadata)).isEqualTo(state);
    }
  }

  @Test
  void theWidestWindowFits() {
    BitSet all = new BitSet();
    all.set(0, StartedOffsets.MAX_WINDOW);
    StartedOffsets state =
        new StartedOffsets(
            Long.MAX_VALUE / 2, Long.MAX_VALUE / 2 + StartedOffsets.MAX_WINDOW, all, -1);

    assertThat(state.metadata().length()).isLessThan(StartedOffsets.MAX_METADATA_LENGTH);
  }

  @Test
  void tellsDoneUncertainAndNeverStartedApart() {
    BitSet finished = new BitSet();
    finished.set(1);
    finished.set(3);
    StartedOffsets state = new StartedOffsets(100, 105, finished, 7);

    assertThat(state.isFinished(99)).isTrue();
    assertThat(state.isUncertain(100)).isTrue();
    assertThat(state.isFinished(101)).isTrue();
    assertThat(state.isUncertain(101)).isFalse();
    assertThat(state.isUncertain(104)).isTrue();
    assertThat(state.isUncertain(105)).isFalse();
    assertThat(state.isFinished(105)).isFalse();
    assertThat(state.firstUncertain(0)).isEqualTo(100);
    assertThat(state.firstUncertain(101)).isEqualTo(102);
    assertThat(state.firstUncertain(105)).isEqualTo(105);
    assertThat(state.firstFinished(0)).isEqualTo(101);
    assertThat(state.firstFinished(102)).isEqualTo(103);
    assertThat(state.firstFinished(104)).isEqualTo(-1);
  }

  @Test
  void aWindowWithoutBoundAndNothingFinishedTakesAFewCharacters() {
    StartedOffsets state = new StartedOffsets(0, Long.MAX_VALUE, new BitSet(), 1);

    assertThat(state.metadata().length()).isLessThan(40);
    assertThat(StartedOffsets.parse(0, state.metadata()).isUncertain(1L << 40)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2.AAAA", "1.", "1.AAAA", "1.!!!!", "1.AAAAAAAAAAD//////////////8"})
  void refusesWhatIsNotItsOwn(String metadata) {
    assertThatIllegalArgumentException().isThrownBy(() -> StartedOffsets.parse(5, metadata));
  }
}
