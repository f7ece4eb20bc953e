package io.mailstream.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = {
      "Gives the suppression list out, one entry a line, in the form that import takes.",
      "With --output, the same command goes on where an interrupted one stopped."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:all that fits was written",
      "2:the command line or the configuration is wrong",
      "3:the API cannot be reached or refuses: run it again"
    })
final class SuppressionsExportCommand implements Callable<Integer> {

  private static final int PAGE = 1000;

  private final Terminal terminal;

  @Mixin private ApiOptions api;

  @Option(names = "--output", paramLabel = "FILE", description = "Default: standard output.")
  private Path output;

  @Option(names = "--format", description = "NDJSON (default) or CSV (default for .csv).")
  private SuppressionLines.Format format;

  @Option(names = "--scope", description = "Only of this scope: everything, tenant or stream.")
  private String scope;

  @Option(names = "--tenant", description = "Only of this tenant.")
  private String tenant;

  @Option(names = "--stream", description = "Only of this stream of it.")
  private String stream;

  @Option(names = "--reason", description = "Only of this reason.")
  private String reason;

  @Option(names = "--since", paramLabel = "TIME", description = "Only recorded then or later.")
  private String since;

  @Option(names = "--until", paramLabel = "TIME", description = "Only recorded before then.")
  private String until;

  private SuppressionLines lines;
  private long entries;

  SuppressionsExportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    lines =
        new SuppressionLines(
            format == null
                ? SuppressionLines.Format.of(output == null ? "" : output.toString())
                : format);
    String filter =
        ApiClient.parameter("scope", scope)
            + ApiClient.parameter("tenant", tenant)
            + ApiClient.parameter("stream", stream)
            + ApiClient.parameter("reason", reason)
            + ApiClient.parameter("since", since)
            + ApiClient.parameter("until", until);
    try (ApiClient client = api.client(terminal)) {
      if (output == null) {
        toStandardOutput(client, filter);
      } else {
        toFile(client, filter);
      }
    } catch (IOException e) {
      throw new CliException(Exit.USAGE, "cannot write %s: %s".formatted(output, e), e);
    }
    terminal.err().printf("%,d entries%n", entries);
    return Exit.OK;
  }

  private void toStandardOutput(ApiClient client, String filter) {
    terminal.out().print(lines.head());
    Optional<String> cursor = Optional.of("");
    while (cursor.isPresent() && !terminal.out().checkError()) {
      JsonNode page = page(client, filter, cursor.get());
      terminal.out().print(text(page));
      cursor = next(page);
    }
  }

  private void toFile(ApiClient client, String filter) throws IOException {
    ResumeFile resume = new ResumeFile(output, filter);
    Optional<ResumeFile.Place> place =
        Files.exists(output) ? resume.read() : Optional.<ResumeFile.Place>empty();
    if (place.isPresent()) {
      terminal.err().printf("going on where it stopped, as %s says%n", resume.path());
      // What was written after the last place was certain comes again.
      try (FileChannel written = FileChannel.open(output, StandardOpenOption.WRITE)) {
        written.truncate(place.get().position());
      }
    } else {
      Files.writeString(output, lines.head(), StandardCharsets.UTF_8);
    }
    Progress progress = new Progress(terminal);
    try (OutputStream out = Files.newOutputStream(output, StandardOpenOption.APPEND)) {
      Optional<String> cursor = Optional.of(place.map(ResumeFile.Place::detail).orElse(""));
      while (cursor.isPresent()) {
        JsonNode page = page(client, filter, cursor.get());
        out.write(text(page).getBytes(StandardCharsets.UTF_8));
        out.flush();
        cursor = next(page);
        if (cursor.isPresent()) {
          resume.write(Files.size(output), cursor.get());
        }
        progress.show(0, 0, "%,d entries".formatted(entries));
      }
    } finally {
      progress.clear();
    }
    resume.remove();
  }

  private static JsonNode page(ApiClient client, String filter, String cursor) {
    JsonNode page =
        client.json(
            "/v1/suppressions?%slimit=%d&%s"
                .formatted(
                    filter, PAGE, cursor.isEmpty() ? "" : ApiClient.parameter("cursor", cursor)));
    if (!page.path("results").isArray()) {
      throw client.noApi();
    }
    return page;
  }

  private static Optional<String> next(JsonNode page) {
    return page.hasNonNull("next") ? Optional.of(page.get("next").asText()) : Optional.empty();
  }

  private String text(JsonNode page) {
    StringBuilder text = new StringBuilder();
    for (JsonNode address : page.get("results")) {
      for (JsonNode entry : address.path("entries")) {
        if (fits(entry)) {
          Map<String, String> values = new HashMap<>();
          values.put("address", address.path("address").asText());
          copy(entry, "tenant", values, "tenant");
          copy(entry, "stream", values, "stream");
          copy(entry, "reason", values, "reason");
          copy(entry, "expires", values, "expires_at");
          copy(entry, "note", values, "note");
          copy(entry, "since", values, "since");
          copy(entry, "source_event", values, "source_event");
          text.append(lines.write(values));
          entries++;
        }
      }
    }
    return text.toString();
  }

  /** The API gives all entries of an address of which one fits. */
  private boolean fits(JsonNode entry) {
    return fits(scope, entry, "scope")
        && fits(tenant, entry, "tenant")
        && fits(stream, entry, "stream")
        && fits(reason, entry, "reason")
        && isWithin(Instant.parse(entry.path("since").asText()));
  }

  private boolean isWithin(Instant recorded) {
    return (since == null || !recorded.isBefore(Instant.parse(since)))
        && (until == null || recorded.isBefore(Instant.parse(until)));
  }

  private static boolean fits(String wanted, JsonNode entry, String field) {
    return wanted == null || wanted.equals(entry.path(field).asText(null));
  }

  private static void copy(JsonNode from, String field, Map<String, String> to, String name) {
    if (from.hasNonNull(field)) {
      to.put(name, from.get(field).asText());
    }
  }
}
