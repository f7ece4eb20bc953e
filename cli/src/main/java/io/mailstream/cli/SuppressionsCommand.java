package io.mailstream.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailstream.schemas.RecipientKey;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "suppressions",
    mixinStandardHelpOptions = true,
    description = "Asks why an address gets no mail.")
final class SuppressionsCommand implements Runnable {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Terminal terminal;

  @Spec private CommandSpec spec;

  SuppressionsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say which: get");
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
      @Option(
              names = "--api",
              paramLabel = "URL",
              description = "The query API (default: http://127.0.0.1:8080).")
          String api,
      @Option(
              names = "--token-file",
              paramLabel = "FILE",
              description =
                  "The file with the API's bearer token; else MAILSTREAM_API_TOKEN or api.token"
                      + " in --config.")
          Path tokenFile,
      @Option(names = "--config", paramLabel = "FILE", description = "A properties file.")
          Path config,
      @Option(names = "--json", description = "The API's answer as it is.") boolean json) {
    if (RecipientKey.find(address).isEmpty()) {
      throw new CliException(
          Exit.USAGE, "'%s' is no address: give local-part@domain".formatted(address));
    }
    if (stream != null && tenant == null) {
      throw new CliException(Exit.USAGE, "--stream needs the --tenant it belongs to");
    }
    Settings settings =
        Settings.load(
            Optional.ofNullable(config),
            terminal.env(),
            api == null ? Map.of() : Map.of(Settings.API_URL, api));
    String body = ask(settings, address, tenant, stream, Optional.ofNullable(tokenFile));
    JsonNode answer;
    try {
      answer = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new CliException(
          Exit.UNAVAILABLE,
          "%s does not answer as Mailstream's query API: check --api".formatted(settings.apiUrl()),
          e);
    }
    if (!answer.path("suppressed").isBoolean()) {
      throw new CliException(
          Exit.UNAVAILABLE,
          "%s does not answer as Mailstream's query API: check --api".formatted(settings.apiUrl()));
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

  private String ask(
      Settings settings, String address, String tenant, String stream, Optional<Path> tokenFile) {
    String query = "?" + parameter("tenant", tenant) + parameter("stream", stream);
    URI uri;
    HttpRequest.Builder request;
    try {
      uri = URI.create(settings.apiUrl() + "/v1/suppressions/" + encode(address) + query);
      request = HttpRequest.newBuilder(uri).timeout(TIMEOUT).header("Accept", "application/json");
      settings
          .apiToken(tokenFile)
          .ifPresent(token -> request.header("Authorization", "Bearer " + token));
    } catch (IllegalArgumentException e) {
      // Its message would repeat the token.
      throw new CliException(
          Exit.USAGE,
          "'%s' is no URL, or the token has characters that no token has"
              .formatted(settings.apiUrl()));
    }
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
      HttpResponse<String> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw refused(settings.apiUrl(), response);
      }
      return response.body();
    } catch (IOException e) {
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new CliException(
          Exit.UNAVAILABLE,
          "the query API cannot be reached at %s (%s): check that it runs, and give its URL by"
                  .formatted(settings.apiUrl(), why)
              + " --api, --config or MAILSTREAM_API_URL",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException(Exit.UNAVAILABLE, "interrupted", e);
    }
  }

  private static CliException refused(String url, HttpResponse<String> response) {
    String detail;
    try {
      detail = JSON.readTree(response.body()).path("detail").asText("");
    } catch (JsonProcessingException e) {
      detail = "";
    }
    String hint =
        switch (response.statusCode()) {
          case 401, 403 -> "; give the token by --token-file or MAILSTREAM_API_TOKEN";
          case 404 -> "; is this Mailstream's query API?";
          default -> "";
        };
    return new CliException(
        response.statusCode() == 400 ? Exit.USAGE : Exit.UNAVAILABLE,
        "%s answers %d %s%s"
            .formatted(url, response.statusCode(), ResultFormat.printable(detail), hint));
  }

  private static String parameter(String name, String value) {
    return value == null ? "" : name + "=" + encode(value) + "&";
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
