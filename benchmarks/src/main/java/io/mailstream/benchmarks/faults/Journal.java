package io.mailstream.benchmarks.faults;

import io.mailstream.benchmarks.faults.history.History;
import io.mailstream.benchmarks.faults.history.Id;
import io.mailstream.embedded.ses.ReceivedMail;
import io.mailstream.schemas.RecipientKey;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * What the ESP took, one line each, written before the sender is told. The line: when the call was
 * signed, when it was received, whether it was answered, the delivery, the recipient, the account.
 */
final class Journal implements Consumer<ReceivedMail>, AutoCloseable {

  private static final String QUIET = "quiet";
  private static final int FIELDS = 6;

  private final BufferedWriter out;

  Journal(Path file) throws IOException {
    out = Files.newBufferedWriter(file);
  }

  @Override
  public synchronized void accept(ReceivedMail mail) {
    try {
      for (String recipient : mail.recipients()) {
        String line =
            "%d %d %b %s %s %s%n"
                .formatted(
                    mail.signedAt().map(Instant::toEpochMilli).orElse(0L),
                    mail.receivedAt().toEpochMilli(),
                    mail.answered(),
                    mail.deliveryId().map(Id::of).orElse(Id.NONE),
                    Id.ofText(RecipientKey.of(recipient)),
                    mail.configurationSet().orElse(QUIET));
        out.write(line);
      }
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("the journal of the mail cannot be written", e);
    }
  }

  /** Hands on each whole line of a journal. */
  static void read(Path file, Consumer<History.Sent> each) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] fields = line.split(" ", -1);
        if (fields.length == FIELDS) {
          each.accept(
              new History.Sent(
                  Id.of(fields[3]),
                  Id.of(fields[4]),
                  fields[5].intern(),
                  Long.parseLong(fields[0]),
                  Long.parseLong(fields[1]),
                  Boolean.parseBoolean(fields[2])));
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
