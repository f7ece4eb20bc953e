package io.mailstream.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailstream.schemas.RecipientKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "suppressions",
    mixinStandardHelpOptions = true,
    subcommands = {SuppressionsImportCommand.class, SuppressionsExportCommand.class},
    description = "Asks why an address gets no mail; takes the list in and gives it out.")
final class SuppressionsCommand implements Runnable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Terminal terminal;

  @Spec private CommandSpec spec;

  SuppressionsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say which: get, import or export");
  }

  @Command(
      name = "get",
      mixinStandardHelpOptions = true,
      description = "Says whether an address is suppressed, why, and until when.",
      exitCodeListHeading = "%nExit status, as grep has it:%n",
      exitCodeList = {
        "0:the address is suppressed",
        "1:it is not",
        "2:the command line or the configuration is wrong",
        "3:the API cannot be reached or refuses"
      })
  int get(
      @Parameters(paramLabel = "ADDRESS", description = "The address.") String address,
      @Option(names = "--tenant", description = "For mail of this tenant.") String tenant,
      @Option(names = "--stream", description = "And of this stream.") String stream,
      @Mixin ApiOptions api,
      @Option(names = "--json", description = "The API's answer as it is.") boolean json) {
    if (RecipientKey.find(address).isEmpty()) {
      throw new CliException(
          Exit.USAGE, "'%s' is no address: give local-part@domain".formatted(address));
    }
    if (stream != null && tenant == null) {
      throw new CliException(Exit.USAGE, "--stream needs the --tenant it belongs to");
    }
    String body;
    JsonNode answer;
    try (ApiClient client = api.client(terminal)) {
      body =
          client.get(
              "/v1/suppressions/%s?%s%s"
                  .formatted(
                      ApiClient.encode(address),
                      ApiClient.parameter("tenant", tenant),
                      ApiClient.parameter("stream", stream)));
      answer = parse(body, client);
    }
    if (json) {
      terminal.out().println(body);
    } else {
      print(answer, address);
    }
    return answer.get("suppressed").booleanValue() ? Exit.OK : Exit.NOT_AS_HOPED;
  }

  private void print(JsonNode answer, String address) {
    boolean suppressed = answer.get("suppressed").booleanValue();
    terminal
        .out()
        .println(
            suppressed
                ? terminal.in(Terminal.Colour.RED, "suppressed")
                    + "  %s: %s".formatted(address, answer.path("reason").asText("no reason given"))
                : terminal.in(Terminal.Colour.GREEN, "not suppressed") + "  " + address);
    for (JsonNode entry : answer.path("entries")) {
      terminal.out().println("  " + ResultFormat.printable(describe(entry)));
    }
  }

  private static String describe(JsonNode entry) {
    StringBuilder text = new StringBuilder(entry.path("reason").asText());
    text.append(" for ").append(scope(entry));
    text.append(", since ").append(entry.path("since").asText("?"));
    text.append(
        entry.hasNonNull("expires") ? ", until " + entry.get("expires").asText() : ", for good");
    if (entry.hasNonNull("note")) {
      text.append(": ").append(entry.get("note").asText());
    }
    return text.toString();
  }

  private static String scope(JsonNode entry) {
    if (!entry.hasNonNull("tenant")) {
      return "everything";
    }
    return entry.hasNonNull("stream")
        ? "stream %s of tenant %s"
            .formatted(entry.get("stream").asText(), entry.get("tenant").asText())
        : "tenant " + entry.get("tenant").asText();
  }

  private static JsonNode parse(String body, ApiClient client) {
    try {
      JsonNode answer = JSON.readTree(body);
      if (answer.path("suppressed").isBoolean()) {
        return answer;
      }
    } catch (JsonProcessingException e) {
      // Told below: it is not what it should be.
    }
    throw client.noApi();
  }
}
