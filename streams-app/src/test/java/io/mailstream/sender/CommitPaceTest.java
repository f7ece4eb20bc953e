package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.sender.CommitPace.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CommitPaceTest {

  private static final long JUST_NOW = 0;
  private static final long LONG_AGO = CommitPace.PATIENCE;

  @ParameterizedTest(name = "{0}, the calls have more to do {1}: {2}")
  @CsvSource({
    "NOTHING, false, false",
    "OUTCOMES, false, false",
    "BULK, true, false",
    "BULK, false, true",
    "TRANSACTIONAL, true, true",
  })
  void rightAfterACommitOnlyThoseGoWhoseMailWouldBeLater(
      Waiting waiting, boolean supplied, boolean due) {
    assertThat(CommitPace.isDue(waiting, supplied, JUST_NOW)).isEqualTo(due);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NOTHING")
  void nothingWaitsForLong(Waiting waiting) {
    assertThat(CommitPace.isDue(waiting, true, LONG_AGO - 1))
        .isEqualTo(waiting == Waiting.TRANSACTIONAL);
    assertThat(CommitPace.isDue(waiting, true, LONG_AGO)).isTrue();
  }

  @Test
  void thereIsNoCommitOfNothing() {
    assertThat(CommitPace.isDue(Waiting.NOTHING, false, LONG_AGO)).isFalse();
  }
}
