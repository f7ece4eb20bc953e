package io.mailstream.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.schemas.Topics;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "erase",
    mixinStandardHelpOptions = true,
    description = {
      "Removes what is kept about a person, but that they must get no mail.",
      "Says what remains where, and until when."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:it is done; what remains goes by itself",
      "1:it is done, but mail still waits for the address, or the list keeps the clear address",
      "2:the command line or the configuration is wrong",
      "3:Kafka or the API cannot be reached or refuses",
      "4:it is on its way, but was not seen in time: run it again"
    })
final class EraseCommand implements Callable<Integer> {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Terminal terminal;

  @Mixin private ConnectionOptions connection;

  @Parameters(paramLabel = "ADDRESS", description = "The address.")
  private String address;

  @Option(
      names = "--api",
      paramLabel = "URL",
      description = "The query API (default: http://127.0.0.1:8080).")
  private String api;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "The file with the API's bearer token, which may write.")
  private Path tokenFile;

  EraseCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (RecipientKey.find(address).isEmpty()) {
      throw new CliException(
          Exit.USAGE, "'%s' is no address: give local-part@domain".formatted(address));
    }
    Settings settings =
        connection.settings(terminal, api == null ? Map.of() : Map.of(Settings.API_URL, api));
    String path = "/v1/recipients/" + ApiClient.encode(address);
    JsonNode erased;
    JsonNode known;
    try (ApiClient client = new ApiClient(settings, Optional.ofNullable(tokenFile))) {
      erased = erase(client, path);
      known = client.json(path);
    }
    boolean flawless = list(erased);
    int held = known.path("held").size();
    if (held > 0 || !known.path("held_complete").asBoolean(true)) {
      flawless = false;
      terminal
          .out()
          .printf(
              "%d mails wait for it%s: 'mailstream cancel' takes them back%n",
              held, known.path("held_complete").asBoolean(true) ? "" : " or more");
      known
          .path("held")
          .forEach(mail ->
              terminal
                  .out()
                  .println(
                      "  request " + ResultFormat.printable(mail.path("request_id").asText())));
    }
    remains(settings);
    return flawless ? Exit.OK : Exit.NOT_AS_HOPED;
  }

  private JsonNode erase(ApiClient client, String path) {
    HttpResponse<String> response = client.send("DELETE", path);
    if (response.statusCode() == 202) {
      throw new CliException(
          Exit.TIMEOUT, "it will be done, but was not seen in time: run it again to be sure");
    }
    if (response.statusCode() != 200) {
      throw client.refused(response);
    }
    try {
      return JSON.readTree(response.body());
    } catch (JsonProcessingException e) {
      throw client.noApi();
    }
  }

  private boolean list(JsonNode erased) {
    String kept = erased.path("kept").asText();
    terminal
        .out()
        .println(
            switch (kept) {
              case "nothing" -> "the suppression list: nothing is left";
              case "hash" -> "the suppression list: a keyed hash of the address is left, with";
              default ->
                  "the suppression list: the clear address is left, for suppression.hash.keys is"
                      + " not set, with";
            });
    for (JsonNode entry : erased.path("entries")) {
      terminal
          .out()
          .printf(
              "  %s for %s, %s%n",
              entry.path("reason").asText(),
              ResultFormat.printable(entry.path("scope").asText()),
              entry.hasNonNull("expires")
                  ? "until " + entry.get("expires").asText()
                  : "for good: it is what keeps mail from them");
    }
    return kept.equals("nothing") || kept.equals("hash");
  }

  private void remains(Settings settings) {
    Topics topics = settings.topics();
    Set<String> withoutAddresses =
        Set.of(topics.accounts(), topics.streamActivity(), topics.streamCommands());
    List<ConfigResource> resources = new ArrayList<>();
    topics
        .all()
        .forEach(
            topic -> resources.add(new ConfigResource(ConfigResource.Type.TOPIC, topic.name())));
    try (Cluster cluster = Cluster.connect(settings)) {
      Map<ConfigResource, Config> configs = cluster.admin().describeConfigs(resources).all().get();
      terminal.out().println("what was written before goes by itself; at the latest:");
      for (ConfigResource resource : resources) {
        if (!withoutAddresses.contains(resource.name())) {
          terminal.out().printf("  %-40s %s%n", resource.name(), until(topics, resource, configs));
        }
      }
    } catch (ExecutionException e) {
      throw Cluster.explain(settings, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException(Exit.UNAVAILABLE, "interrupted", e);
    }
    terminal
        .out()
        .println(
            "not in our hands: the ESPs' own lists and logs, backups, and whoever read these"
                + " topics; docs/deploy/gdpr.md has the rest");
  }

  private static String until(
      Topics topics, ConfigResource topic, Map<ConfigResource, Config> configs) {
    if (topic.name().equals(topics.suppressions())) {
      return "when it is compacted: older records of the address";
    }
    ConfigEntry retention = configs.get(topic).get(TopicConfig.RETENTION_MS_CONFIG);
    long millis = retention == null ? -1 : Long.parseLong(retention.value());
    return millis < 0
        ? "when its mail is sent"
        : Instant.now().plus(Duration.ofMillis(millis)).truncatedTo(ChronoUnit.MINUTES).toString();
  }
}
