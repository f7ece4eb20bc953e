package io.mailstream.benchmarks.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.benchmarks.faults.history.History;
import io.mailstream.embedded.ses.ReceivedMail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the ESP took is read again after it was killed, and nothing that it did not take. */
class JournalTest {

  private static final ReceivedMail MAIL =
      new ReceivedMail(
          "id-1",
          "post@shop.example",
          List.of("user1@host1.example"),
          Map.of("ms_delivery_id", "0123456789abcdef0123456789abcdef"),
          Optional.of("main"),
          Optional.of(Instant.ofEpochMilli(5_000)),
          Instant.ofEpochMilli(5_200),
          true,
          Optional.empty());

  @TempDir Path directory;

  @Test
  void aTornLineIsDroppedAndTheNextProcessGoesOn() throws IOException {
    Path file = directory.resolve("journal.txt");
    try (Journal journal = new Journal(file)) {
      journal.accept(MAIL);
    }
    Files.writeString(file, "5000 5300 true 0123", StandardOpenOption.APPEND);
    try (Journal journal = new Journal(file)) {
      journal.accept(MAIL);
    }
    List<History.Sent> sent = new ArrayList<>();
    Journal.read(file, sent::add);
    assertThat(sent).hasSize(2).extracting(History.Sent::receivedAt).containsOnly(5_200L);
  }

  @Test
  void aLineHoldsWhatEventsAreMadeOf() throws IOException {
    Path file = directory.resolve("journal.txt");
    try (Journal journal = new Journal(file)) {
      journal.accept(MAIL);
    }
    ReceivedMail read = Journal.mail(Files.readAllLines(file).getFirst()).orElseThrow();
    assertThat(read.messageId()).isEqualTo(MAIL.messageId());
    assertThat(read.recipients()).isEqualTo(MAIL.recipients());
    assertThat(read.tags()).isEqualTo(MAIL.tags());
    assertThat(read.configurationSet()).isEqualTo(MAIL.configurationSet());
    assertThat(read.receivedAt()).isEqualTo(MAIL.receivedAt());
  }
}
