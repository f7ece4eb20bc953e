package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.embedded.ses.Inbox;
import io.mailstream.embedded.ses.SesFault;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An ESP that throttles 30 % of the calls, fails 20 %, never answers 10 % and cuts 5 % off after it
 * took the mail: nothing is lost, nothing is sent twice, it is not asked more often than its
 * answers make necessary or its rate allows, and another account's mail does not notice.
 */
class StormIT {

  private static final int MAILS = 100;

  /** The share of the calls whose answer says to try again; what is unknown is not repeated. */
  private static final double RETRIABLE = 0.5;

  @TempDir Path directory;

  @Test
  void nothingIsLostInAStorm() throws Exception {
    try (Storm storm = new Storm(directory)) {
      long begun = System.nanoTime();
      storm.begin();
      storm.pipeline().send(Storm.STORMY, Storm.STREAM, MAILS);
      storm.pipeline().send(Storm.CALM, Storm.STREAM, MAILS);
      storm.pipeline().awaitResults(2 * MAILS);
      double seconds = (System.nanoTime() - begun) / 1e9;

      List<SendResult> results = storm.pipeline().results();
      assertThat(results).extracting(SendResult::getRequestId).doesNotHaveDuplicates();
      assertThat(results).hasSize(2 * MAILS);
      assertThat(results)
          .filteredOn(result -> result.getTenant().equals(Storm.CALM))
          .extracting(SendResult::getStatus)
          .containsOnly(ResultStatus.SENT);
      assertThat(results)
          .extracting(SendResult::getStatus)
          .containsOnly(ResultStatus.SENT, ResultStatus.UNCERTAIN);
      Inbox.Counts counts = storm.stormy().inbox().counts();
      assertThat(counts.repeatedDeliveries()).isZero();
      // Each mail that is not uncertain was taken, and each that is was: the cut came after.
      assertThat(counts.deliveries()).isEqualTo(MAILS);
      assertThat(results)
          .filteredOn(result -> result.getStatus() == ResultStatus.UNCERTAIN)
          .hasSize((int) counts.unanswered());
      assertThat(counts.faults())
          .containsKeys(
              SesFault.TOO_MANY_REQUESTS,
              SesFault.INTERNAL_ERROR,
              SesFault.NO_ANSWER,
              SesFault.RESET_AFTER_BODY);
      long calls = calls(counts);
      assertThat(calls).isLessThanOrEqualTo((long) (1.2 / (1 - RETRIABLE) * MAILS));
      assertThat((double) calls).isLessThanOrEqualTo(Storm.RATE * seconds + Storm.BURST);
      assertThat(calls(storm.calm().inbox().counts())).isEqualTo(MAILS);
    }
  }

  /** Calls that reached the ESP; those whose outcome is unknown are among the accepted. */
  private static long calls(Inbox.Counts counts) {
    return counts.accepted()
        + counts.faults().getOrDefault(SesFault.TOO_MANY_REQUESTS, 0L)
        + counts.faults().getOrDefault(SesFault.INTERNAL_ERROR, 0L);
  }
}
