package io.mailstream.benchmarks.faults;

import io.mailstream.benchmarks.faults.history.History;
import io.mailstream.benchmarks.faults.history.Id;
import io.mailstream.embedded.ses.ReceivedMail;
import io.mailstream.schemas.RecipientKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the ESP took, one line a recipient, written before the sender is told: the kernel has it, so
 * a SIGKILL of the ESP does not lose it. It goes on where it was after one. The line: when the call
 * was signed, when it was received, whether it was answered, the delivery, the recipient by its
 * hash, the account; and what events of it are made of: its id, the recipient, the sender, the
 * tags.
 */
final class Journal implements Consumer<ReceivedMail>, AutoCloseable {

  private static final String QUIET = "quiet";
  private static final int FIELDS = 10;

  private final FileChannel out;

  Journal(Path file) throws IOException {
    dropTornLine(file);
    out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** A line that a SIGKILL cut off was of a mail that nobody was told of: it was not taken. */
  private static void dropTornLine(Path file) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    try (RandomAccessFile journal = new RandomAccessFile(file.toFile(), "rw")) {
      long end = journal.length();
      while (end > 0) {
        journal.seek(end - 1);
        if (journal.read() == '\n') {
          break;
        }
        end--;
      }
      journal.setLength(end);
    }
  }

  @Override
  public synchronized void accept(ReceivedMail mail) {
    ByteBuffer lines =
        ByteBuffer.wrap(
            mail.recipients().stream()
                .map(recipient -> line(mail, recipient))
                .collect(Collectors.joining())
                .getBytes(StandardCharsets.UTF_8));
    try {
      while (lines.hasRemaining()) {
        out.write(lines);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the journal of the mail cannot be written", e);
    }
  }

  private static String line(ReceivedMail mail, String recipient) {
    return "%d %d %b %s %s %s %s %s %s %s%n"
        .formatted(
            mail.signedAt().map(Instant::toEpochMilli).orElse(0L),
            mail.receivedAt().toEpochMilli(),
            mail.answered(),
            mail.deliveryId().map(Id::of).orElse(Id.NONE),
            Id.ofText(RecipientKey.of(recipient)),
            mail.configurationSet().orElse(QUIET),
            mail.messageId(),
            recipient,
            mail.from().replace(' ', '_'),
            // Names and values are letters, digits, _ and -, as SES wants it.
            mail.tags().entrySet().stream()
                .map(tag -> tag.getKey() + "=" + tag.getValue())
                .collect(Collectors.joining(",")));
  }

  /** The mail of a line, as far as events need it. */
  static Optional<ReceivedMail> mail(String line) {
    String[] fields = line.split(" ", -1);
    if (fields.length != FIELDS) {
      return Optional.empty();
    }
    Map<String, String> tags =
        Stream.of(fields[9].split(",", -1))
            .map(tag -> tag.split("=", 2))
            .filter(tag -> tag.length == 2)
            .collect(Collectors.toMap(tag -> tag[0], tag -> tag[1]));
    return Optional.of(
        new ReceivedMail(
            fields[6],
            fields[8],
            List.of(fields[7]),
            tags,
            Optional.of(fields[5]).filter(account -> !account.equals(QUIET)),
            Optional.empty(),
            Instant.ofEpochMilli(Long.parseLong(fields[1])),
            Boolean.parseBoolean(fields[2]),
            Optional.empty()));
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

  /** How long a journal is, in bytes. */
  synchronized long position() throws IOException {
    return out.size();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
