package io.mailstream.cli;

import io.mailstream.schemas.RecipientKey;
import io.mailstream.v1.SuppressionCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Puts addresses on the suppression list.",
      "FILE has a JSON object a line, or CSV (.csv, .txt) whose first line names the columns:"
          + " address,",
      "tenant, stream, reason, expires_at, note. A file of addresses only needs no such line.",
      "The same command goes on where an interrupted one stopped; a line that is imported twice",
      "changes nothing."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:every line was imported",
      "1:some lines are bad, the others were imported",
      "2:the command line, the file or the configuration is wrong",
      "3:Kafka or the registry cannot be reached or refuses: run it again"
    })
final class SuppressionsImportCommand implements Callable<Integer> {

  private static final int BATCH = 5_000;
  private static final int SHOWN = 20;
  private static final int FINGERPRINT_BYTES = 64 * 1024;

  private final Terminal terminal;

  @Mixin private ConnectionOptions connection;

  @Parameters(paramLabel = "FILE", description = "The file.")
  private Path file;

  @Option(names = "--format", description = "NDJSON or CSV, where the file's name does not say so.")
  private SuppressionLines.Format format;

  @Option(names = "--tenant", description = "For lines that name none.")
  private String tenant;

  @Option(names = "--stream", description = "For lines that name none.")
  private String stream;

  @Option(names = "--reason", description = "For lines that name none (default: MANUAL).")
  private String reason;

  @Option(names = "--note", description = "For lines that have none.")
  private String note;

  @Option(
      names = "--by",
      paramLabel = "NAME",
      defaultValue = "import",
      description = "Who it is in the record of changes (default: ${DEFAULT-VALUE}).")
  private String by;

  @Option(names = "--bad", paramLabel = "FILE", description = "Writes all bad lines and why there.")
  private Path badFile;

  @Option(names = "--dry-run", description = "Checks every line and imports none.")
  private boolean dryRun;

  private long imported;
  private long bad;
  private PrintWriter badLines;
  private final AtomicReference<String> failure = new AtomicReference<>();

  SuppressionsImportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Settings settings = connection.settings(terminal, Map.of());
    String id = identity();
    ResumeFile resume = new ResumeFile(file, id);
    if (!dryRun) {
      try (Cluster cluster = Cluster.connect(settings)) {
        cluster.requireTopics(List.of(settings.topics().suppressionImports()));
      }
    }
    try (PrintWriter report = badFile == null ? null : report()) {
      badLines = report;
      if (dryRun) {
        read(0, (number, command) -> imported++, (line, bytes) -> {});
      } else {
        publish(settings, id, resume);
      }
    }
    terminal
        .err()
        .printf(
            dryRun
                ? "%,d lines are good, %,d bad; nothing was imported%n"
                : "%,d lines imported, %,d bad%n",
            imported,
            bad);
    return bad == 0 ? Exit.OK : Exit.NOT_AS_HOPED;
  }

  private void publish(Settings settings, String id, ResumeFile resume) {
    long from = resume.read().map(ResumeFile.Place::position).orElse(0L);
    if (from > 0) {
      terminal.err().printf("going on behind line %,d, as %s says%n", from, resume.path());
    }
    String topic = settings.topics().suppressionImports();
    try (RequestPublisher publisher = new RequestPublisher(settings)) {
      read(
          from,
          (number, command) -> {
            SuppressionCommand whole =
                command.setCommandId("%s-%d".formatted(id, number)).setIssuedBy(by).build();
            publisher.send(
                new ProducerRecord<>(topic, RecipientKey.of(whole.getAddress()), whole), outcome);
            imported++;
          },
          (line, bytes) -> {
            publisher.flush();
            stopIfFailed(resume);
            resume.write(line, "");
          });
      publisher.flush();
      stopIfFailed(resume);
    }
    resume.remove();
  }

  private final RequestPublisher.Outcome outcome =
      new RequestPublisher.Outcome() {
        @Override
        public void acknowledged(RecordMetadata metadata) {
          // What is not refused by the next flush is there.
        }

        @Override
        public void failed(String why, boolean hopeless) {
          failure.compareAndSet(null, why);
        }
      };

  private void stopIfFailed(ResumeFile resume) {
    if (failure.get() != null) {
      throw new CliException(
          Exit.UNAVAILABLE,
          "%s; run the same command again: it goes on where this one was sure (%s)"
              .formatted(failure.get(), resume.path()));
    }
  }

  /** Takes a good line. */
  private interface Sink {
    void take(long number, SuppressionCommand.Builder command);
  }

  /** Is told after each batch how far it is. */
  private interface Mark {
    void at(long line, long bytes);
  }

  private void read(long from, Sink sink, Mark mark) {
    SuppressionLines lines =
        new SuppressionLines(format == null ? SuppressionLines.Format.of(file.toString()) : format);
    Map<String, String> defaults = new HashMap<>();
    put(defaults, "tenant", tenant);
    put(defaults, "stream", stream);
    put(defaults, "reason", reason);
    put(defaults, "note", note);
    Progress progress = new Progress(terminal);
    Instant now = Instant.now();
    try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      long size = Files.size(file);
      long bytes = 0;
      long number = 0;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        bytes += line.length() + 1L;
        SuppressionLines.Line read = lines.read(line);
        if (number > from) {
          take(number, read, defaults, now, sink);
        }
        if (number % BATCH == 0 && number > from) {
          mark.at(number, bytes);
        }
        progress.show(bytes, size, "%,d lines, %,d bad".formatted(number, bad));
      }
    } catch (IOException e) {
      throw new CliException(
          Exit.USAGE, "cannot read %s: give a UTF-8 file that exists (%s)".formatted(file, e), e);
    } finally {
      progress.clear();
    }
  }

  private void take(
      long number,
      SuppressionLines.Line line,
      Map<String, String> defaults,
      Instant now,
      Sink sink) {
    switch (line) {
      case SuppressionLines.Line.Nothing nothing -> {}
      case SuppressionLines.Line.Bad(String fault) -> bad(number, List.of(fault));
      case SuppressionLines.Line.Fields(Map<String, String> values) -> {
        switch (SuppressionLine.parse(values, defaults, now)) {
          case SuppressionLine.Parsed.Command(var command) -> sink.take(number, command);
          case SuppressionLine.Parsed.Bad(List<String> faults) -> bad(number, faults);
        }
      }
    }
  }

  private void bad(long number, List<String> faults) {
    bad++;
    String text = "line %d: %s".formatted(number, String.join("; ", faults));
    if (badLines != null) {
      badLines.println(text);
    }
    if (bad <= SHOWN) {
      terminal.err().println(ResultFormat.printable(text));
    } else if (bad == SHOWN + 1) {
      terminal.err().println("further bad lines are not shown: --bad FILE has them all");
    }
  }

  private static void put(Map<String, String> values, String key, String value) {
    if (value != null) {
      values.put(key, value);
    }
  }

  private PrintWriter report() {
    try {
      return new PrintWriter(Files.newBufferedWriter(badFile, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new CliException(Exit.USAGE, "cannot write %s: %s".formatted(badFile, e), e);
    }
  }

  /** The same for the same file and options: what is imported twice is known by it. */
  private String identity() {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(in.readNBytes(FINGERPRINT_BYTES));
      digest.update(
          "%d|%s|%s|%s|%s"
              .formatted(
                  Files.size(file),
                  Optional.ofNullable(tenant),
                  Optional.ofNullable(stream),
                  Optional.ofNullable(reason),
                  Optional.ofNullable(note))
              .getBytes(StandardCharsets.UTF_8));
      return "import-" + HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (IOException e) {
      throw new CliException(
          Exit.USAGE, "cannot read %s: give a file that exists (%s)".formatted(file, e), e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
