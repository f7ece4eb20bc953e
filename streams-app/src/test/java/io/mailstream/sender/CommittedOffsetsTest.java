package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.mailstream.sender.CommittedOffsets.Found;
import io.mailstream.sender.SenderConfig.MissingOffsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CommittedOffsetsTest {

  private static final String OURS = StartedOffsets.nothingStarted(7).metadata();

  @Test
  void whereNoSenderHasEverBeenItBeginsAtTheBeginning() {
    Map<String, StartedOffsets> initial =
        CommittedOffsets.missing(
            Map.of("a-0", none(0, 50), "a-1", none(0, 0)), MissingOffsets.STOP);

    assertThat(initial.get("a-0")).isEqualTo(StartedOffsets.nothingStarted(0));
    assertThat(initial.get("a-1")).isEqualTo(StartedOffsets.nothingStarted(0));
  }

  @Test
  void whereAllIsThereNothingIsWritten() {
    assertThat(CommittedOffsets.missing(Map.of("a-0", ours(7, 0, 50)), MissingOffsets.SEND))
        .isEmpty();
  }

  @Test
  void anOffsetMissingBesideOthersIsLost() {
    assertThatExceptionOfType(SenderFailure.class)
        .isThrownBy(() ->
            CommittedOffsets.missing(
                Map.of("a-0", ours(7, 0, 50), "a-1", none(0, 9)), MissingOffsets.STOP))
        .withMessageContaining("a-1 (records 0 to 9)")
        .withMessageContaining("sender.offsets.missing=uncertain");
  }

  @Test
  void whereRecordsWereDeletedASenderHasBeen() {
    assertThatExceptionOfType(SenderFailure.class)
        .isThrownBy(() ->
            CommittedOffsets.missing(
                Map.of("a-0", none(3, 50), "a-1", none(0, 0)), MissingOffsets.STOP));
  }

  @Test
  void anOffsetThatNoSenderWroteIsNotTrusted() {
    assertThatExceptionOfType(SenderFailure.class)
        .isThrownBy(() ->
            CommittedOffsets.missing(
                Map.of("a-0", new Found(Optional.of(7L), "", 0, 50)), MissingOffsets.STOP))
        .withMessageContaining("not written by a sender");
  }

  @Test
  void asToldWhatIsKeptIsUncertainOrSent() {
    Map<String, Found> found = Map.of("a-0", none(3, 50), "a-1", ours(7, 0, 50));

    StartedOffsets uncertain = CommittedOffsets.missing(found, MissingOffsets.UNCERTAIN).get("a-0");
    assertThat(uncertain.prefix()).isEqualTo(3);
    assertThat(uncertain.isUncertain(3)).isTrue();
    assertThat(uncertain.isUncertain(49)).isTrue();
    assertThat(uncertain.isUncertain(50)).isFalse();
    assertThat(CommittedOffsets.missing(found, MissingOffsets.SEND))
        .containsExactly(Map.entry("a-0", StartedOffsets.nothingStarted(3)));
  }

  private static Found none(long logStart, long logEnd) {
    return new Found(Optional.empty(), "", logStart, logEnd);
  }

  private static Found ours(long offset, long logStart, long logEnd) {
    return new Found(Optional.of(offset), OURS, logStart, logEnd);
  }
}
