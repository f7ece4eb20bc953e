package io.mailstream.benchmarks.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailstream.embedded.ses.ReceivedMail;
import io.mailstream.embedded.ses.SesSimulator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The events that the ESP owes over its own SIGKILLs: those of mail in its journal that the
 * subscriber did not take. Each is posted at least once, as SNS does it.
 *
 * <p>Two files: what was taken, one event a line, and from where on in the journal events may be
 * owed, so that a start does not read all of a long run.
 */
final class Callbacks implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path journal;
  private final Path taken;
  private final Path from;
  private FileChannel out;

  Callbacks(Path journal) throws IOException {
    this.journal = journal;
    this.taken = journal.resolveSibling("callbacks-taken.txt");
    this.from = journal.resolveSibling("callbacks-from.txt");
    out = append();
  }

  private FileChannel append() throws IOException {
    return FileChannel.open(taken, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static String key(JsonNode event) {
    return event.path("mail").path("messageId").asText() + " " + event.path("eventType").asText();
  }

  /** Notes what the subscriber took. */
  synchronized void taken(String message) {
    try {
      JsonNode event = JSON.readTree(message);
      out.write(StandardCharsets.UTF_8.encode(key(event) + "\n"));
    } catch (IOException e) {
      throw new UncheckedIOException("what was posted cannot be noted", e);
    }
  }

  /**
   * Publishes what is owed of the mail of earlier processes.
   *
   * @param until where in the journal this process began
   */
  void publishOwed(SesSimulator simulator, long until) throws IOException {
    Set<String> known = known();
    long position = Files.exists(from) ? Long.parseLong(Files.readString(from).strip()) : 0;
    long firstOwed = until;
    List<String> kept = new ArrayList<>();
    try (FileChannel file = FileChannel.open(journal, StandardOpenOption.READ)) {
      file.position(position);
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(file), StandardCharsets.UTF_8));
      for (String line = lines.readLine();
          line != null && position < until;
          line = lines.readLine()) {
        ReceivedMail mail = Journal.mail(line).orElse(null);
        AtomicBoolean owed = new AtomicBoolean();
        if (mail != null) {
          simulator.publishAgain(
              mail,
              event -> {
                String key = key(event);
                boolean open = !known.contains(key);
                if (open) {
                  owed.set(true);
                } else {
                  kept.add(key);
                }
                return open;
              });
        }
        if (owed.get()) {
          firstOwed = Math.min(firstOwed, position);
        } else if (firstOwed == until) {
          kept.clear();
        }
        position += line.getBytes(StandardCharsets.UTF_8).length + 1;
      }
    }
    forget(kept, firstOwed);
  }

  private Set<String> known() throws IOException {
    return new HashSet<>(Files.readAllLines(taken));
  }

  /**
   * Of what was taken before, only what follows the first mail that is owed for is still needed.
   */
  private synchronized void forget(List<String> kept, long position) throws IOException {
    // What this process has posted meanwhile is not known here, and is kept: it may be posted
    // twice.
    Path next = taken.resolveSibling("callbacks-taken.next");
    Files.write(next, kept);
    out.close();
    Files.move(next, taken, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    Path nextFrom = from.resolveSibling("callbacks-from.next");
    Files.writeString(nextFrom, String.valueOf(position));
    Files.move(nextFrom, from, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    out = append();
  }

  @Override
  public synchronized void close() throws IOException {
    out.close();
  }
}
