package io.mailstream.cli;

import io.mailstream.schemas.RecipientKey;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "results",
    mixinStandardHelpOptions = true,
    description = {
      "Shows the results of requests.",
      "Without --follow: those there are, and ends. With it: those to come, until Ctrl-C."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:at least one result was shown, or --follow was ended",
      "1:no result fits",
      "2:the command line or the configuration is wrong",
      "3:Kafka or the registry cannot be reached or refuses"
    })
final class ResultsCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private ConnectionOptions connection;

  @Option(names = "--follow", description = "Go on with results as they come.")
  private boolean follow;

  @Option(
      names = "--from-beginning",
      description = "With --follow: first those that are there already.")
  private boolean fromBeginning;

  @Option(names = "--request-id", paramLabel = "ID", description = "Only of this request.")
  private String requestId;

  @Option(names = "--tenant", description = "Only of this tenant.")
  private String tenant;

  @Option(names = "--recipient", paramLabel = "ADDRESS", description = "Only for this address.")
  private String recipient;

  @Option(
      names = "--status",
      split = ",",
      description = "Only with these: ${COMPLETION-CANDIDATES}.")
  private Set<ResultStatus> statuses = Set.of();

  @Option(names = "--max", paramLabel = "N", description = "End after so many.")
  private long max = Long.MAX_VALUE;

  @Option(names = "--json", description = "One JSON object a line, with the record's field names.")
  private boolean json;

  ResultsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Settings settings = connection.settings(terminal, Map.of());
    try (Cluster cluster = Cluster.connect(settings)) {
      cluster.requireTopics(List.of(settings.topics().results()));
    }
    TopicReader.From from =
        follow && !fromBeginning ? TopicReader.From.END : TopicReader.From.BEGINNING;
    long shown = 0;
    try (TopicReader<SendResult> reader =
        new TopicReader<>(
            settings, terminal, settings.topics().results(), SendResult.class, from)) {
      reader.markEnds();
      while (shown < max && (follow || !reader.reachedEnds())) {
        for (SendResult result : reader.poll(Duration.ofMillis(500))) {
          if (shown < max && fits(result)) {
            shown++;
            terminal.out().println(format(result));
          }
        }
        // A reader such as head has gone.
        if (terminal.out().checkError()) {
          return Exit.OK;
        }
      }
    }
    return shown > 0 ? Exit.OK : Exit.NOT_AS_HOPED;
  }

  private String format(SendResult result) {
    return json
        ? ResultFormat.json(result)
        : result.getCompletedAt() + "  " + ResultFormat.line(result, terminal);
  }

  private boolean fits(SendResult result) {
    return (requestId == null || requestId.equals(result.getRequestId()))
        && (tenant == null || tenant.equals(result.getTenant()))
        && (statuses.isEmpty() || statuses.contains(result.getStatus()))
        && (recipient == null || isSame(recipient, result.getRecipient()));
  }

  private static boolean isSame(String address, String other) {
    return other != null
        && (address.equals(other)
            || RecipientKey.find(address)
                .map(key -> RecipientKey.find(other).filter(key::equals).isPresent())
                .orElse(false));
  }
}
