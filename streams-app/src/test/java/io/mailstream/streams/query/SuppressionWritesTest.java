package io.mailstream.streams.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.streams.query.Answers.Answer;
import io.mailstream.streams.query.SuppressionWriter.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SuppressionWritesTest {

  private static final Target TARGET = new Target("jane@example.com", null, null);

  @Test
  void whatKafkaMayHaveIsNeitherASuccessNorAFailure() {
    Answer answer = answer(new Outcome.Unknown("Kafka did not acknowledge it in time"));

    assertThat(answer.status()).isEqualTo(504);
    assertThat(text(answer)).contains("send it again, which does no harm");
  }

  @Test
  void whatWasNotWrittenCanBeTriedAgain() {
    Answer answer = answer(new Outcome.NotWritten("no broker"));

    assertThat(answer.status()).isEqualTo(503);
    assertThat(text(answer)).contains("nothing was changed", "try again");
  }

  @Test
  void whatIsOnItsWayNamesItsCommand() {
    Answer answer = answer(new Outcome.Accepted());

    assertThat(answer.status()).isEqualTo(202);
    assertThat(text(answer)).contains("\"command\":\"c1\"");
  }

  private static Answer answer(Outcome outcome) {
    return SuppressionWrites.answer(outcome, "c1", TARGET, Instant.EPOCH.toEpochMilli());
  }

  private static String text(Answer answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }
}
