package io.mailstream.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "dead-letters",
    mixinStandardHelpOptions = true,
    description = "Shows records that could not be used, and puts them back where they came from.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:shown, or all that fit were replayed",
      "1:none fits; or some cannot be replayed, and it is said why",
      "2:the command line or the configuration is wrong; nothing was done",
      "3:Kafka cannot be reached or refuses; how many were replayed is said"
    })
final class DeadLettersCommand implements Runnable {

  private static final int PREVIEW_BYTES = 256;
  private static final int LINE_BYTES = 16;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Terminal terminal;

  @Spec private CommandSpec spec;

  DeadLettersCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say which: list, show or replay");
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "One line for each: place, time, origin, reason.")
  int list(
      @Mixin ConnectionOptions connection,
      @Mixin DeadLetterFilter filter,
      @Option(names = "--max", paramLabel = "N", description = "End after so many.") Long max,
      @Option(names = "--json", description = "One JSON object a line.") boolean json) {
    Settings settings = connection.settings(terminal, Map.of());
    List<DeadLetter> last = new ArrayList<>(1);
    new DeadLetterReader(settings)
        .read(
            filter,
            used -> (max == null || used < max) && !terminal.out().checkError(),
            letter -> {
              last.clear();
              last.add(letter);
              terminal.out().println(json ? json(letter) : line(letter));
            });
    return last.isEmpty() ? Exit.NOT_AS_HOPED : Exit.OK;
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = {
        "All that is known of one: its headers, its key, the beginning of its value.",
        "Dead letters may hold whole mails, with the addresses in them."
      })
  int show(
      @Mixin ConnectionOptions connection,
      @Parameters(
              paramLabel = "PARTITION@OFFSET",
              converter = DeadLetterFilter.PositionConverter.class,
              description = "Its place, as list shows it.")
          String position,
      @Option(
              names = "--output",
              paramLabel = "FILE",
              description = "Writes the value to a file, as it is.")
          Path output) {
    Settings settings = connection.settings(terminal, Map.of());
    List<DeadLetter> found = new ArrayList<>(1);
    new DeadLetterReader(settings)
        .read(DeadLetterFilter.at(position), used -> used == 0, found::add);
    if (found.isEmpty()) {
      terminal
          .err()
          .printf(
              "there is no dead letter %s in %s: see 'mailstream dead-letters list'%n",
              position, settings.topics().deadLetters());
      return Exit.NOT_AS_HOPED;
    }
    print(found.getFirst());
    if (output != null) {
      write(found.getFirst(), output);
    }
    return Exit.OK;
  }

  @Command(
      name = "replay",
      mixinStandardHelpOptions = true,
      description = {
        "Puts records back into the topics they came from, byte for byte, key and headers"
            + " included.",
        "A request is known by its idempotency key, an event or command by its id: one that was"
            + " used after all, or is replayed again within the window of deduplication, changes"
            + " nothing.",
        "What came by HTTP, or was on its way to an ESP, is passed over."
      })
  int replay(
      @Mixin ConnectionOptions connection,
      @Mixin DeadLetterFilter filter,
      @Option(names = "--all", description = "Every one there is; else at least one filter.")
          boolean all,
      @Option(names = "--dry-run", description = "Only says what would be done.") boolean dryRun) {
    if (filter.isAny() == all) {
      throw new CliException(
          Exit.USAGE, "say which: --reason, --origin, --since, --until or --at; or --all");
    }
    Settings settings = connection.settings(terminal, Map.of());
    try (DeadLetterReplay replay = new DeadLetterReplay(settings, terminal, dryRun)) {
      new DeadLetterReader(settings).read(filter, used -> true, replay::add);
      return replay.finish();
    }
  }

  private static String line(DeadLetter letter) {
    return "%s  %s  %s  %s"
        .formatted(letter.position(), letter.writtenAt(), letter.origin(), letter.reason());
  }

  private static String json(DeadLetter letter) {
    ObjectNode node =
        JSON.createObjectNode()
            .put("position", letter.position())
            .put("written_at", letter.writtenAt().toString())
            .put("origin", letter.origin())
            .put("reason", letter.reason())
            .put("bytes", size(letter));
    letter.header(DeadLetter.REPLAYED).ifPresent(from -> node.put("replayed", from));
    return node.toString();
  }

  private static int size(DeadLetter letter) {
    return letter.record().value() == null ? 0 : letter.record().value().length;
  }

  private void print(DeadLetter letter) {
    PrintWriter out = terminal.out();
    out.println("place    " + letter.position());
    out.println("written  " + letter.writtenAt());
    out.println("origin   " + letter.origin());
    out.println("reason   " + letter.reason());
    for (Header header : letter.record().headers()) {
      out.println("header   " + header.key() + ": " + text(header.value()));
    }
    out.println("key      " + text(letter.record().key()));
    byte[] value = Optional.ofNullable(letter.record().value()).orElse(new byte[0]);
    boolean isAvro = value.length > Integer.BYTES && value[0] == 0;
    out.printf(
        "value    %d bytes%s%n",
        value.length, isAvro ? ", Avro with schema id " + ByteBuffer.wrap(value).getInt(1) : "");
    HexFormat hex = HexFormat.ofDelimiter(" ");
    for (int at = 0; at < Math.min(value.length, PREVIEW_BYTES); at += LINE_BYTES) {
      int end = Math.min(value.length, at + LINE_BYTES);
      out.printf(
          "  %06x  %-47s  %s%n", at, hex.formatHex(value, at, end), printable(value, at, end));
    }
  }

  private static String text(byte[] bytes) {
    return bytes == null ? "none" : printable(bytes, 0, bytes.length);
  }

  /** Nothing that a terminal would obey. */
  private static String printable(byte[] bytes, int from, int to) {
    StringBuilder shown = new StringBuilder();
    new String(bytes, from, to - from, StandardCharsets.UTF_8)
        .codePoints()
        .map(c -> Character.isISOControl(c) || c == '\ufffd' ? '.' : c)
        .forEach(shown::appendCodePoint);
    return shown.toString();
  }

  private void write(DeadLetter letter, Path output) {
    byte[] value = Optional.ofNullable(letter.record().value()).orElse(new byte[0]);
    try {
      Files.write(output, value);
    } catch (IOException e) {
      throw new CliException(Exit.USAGE, "cannot write %s: %s".formatted(output, e), e);
    }
  }
}
