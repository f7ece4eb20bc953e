package io.mailstream.quickstart;

import io.mailstream.runtime.http.PortInUseException;
import io.mailstream.runtime.logging.Logging;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts the whole system on this machine and plays a demonstration against it. */
@Command(
    name = "quickstart",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpWidth = 100,
    description =
        "Starts the whole system on 127.0.0.1: a Kafka broker, a schema registry, an SES simulator,"
            + " the topology with its query API, the sender and the webhook ingester. Plays a"
            + " demonstration against itself, and stays up until Ctrl-C.")
public final class Quickstart implements Callable<Integer> {

  private static final int NOT_AS_TOLD = 1;
  private static final int NOT_STARTED = 2;

  @Option(
      names = "--port-offset",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Adds N to every port: Kafka 9092, registry 8081, query API 8080, webhooks 8090,"
              + " SES simulator 8099.")
  private int portOffset;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "Where the data lives; it survives a restart. Default: data/quickstart in the project.")
  private Path dataDir;

  @Option(names = "--fresh", description = "Empties the data directory first.")
  private boolean fresh;

  @Option(
      names = "--scenario",
      paramLabel = "NAME",
      defaultValue = "main",
      description =
          "What is played: main; failover, in which one of two accounts fails and the other takes"
              + " over (with a second SES simulator on port 8098); or storm, in which all goes"
              + " wrong that there are alerts for (with a Prometheus on port 9090, where one is"
              + " installed).")
  private Plot plot;

  @Option(names = "--no-demo", description = "Skips the demonstration.")
  private boolean noDemo;

  @Option(
      names = "--exit",
      description = "Ends after the demonstration: status 0 if all came out as told, 1 if not.")
  private boolean exit;

  private final Console console;
  private final CountDownLatch stopped = new CountDownLatch(1);

  Quickstart(Console console) {
    this.console = console;
  }

  /** Exits with 0, with 1 where the demonstration failed, with 2 where nothing was started. */
  public static void main(String[] args) {
    CommandLine command =
        new CommandLine(new Quickstart(new Console(System.out)))
            .setCaseInsensitiveEnumValuesAllowed(true);
    command.setExecutionExceptionHandler((e, line, parsed) -> {
      line.getErr().println("quickstart: " + e.getMessage());
      return NOT_STARTED;
    });
    System.exit(command.execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    if (portOffset < 0 || portOffset > QuickstartPorts.MAX_OFFSET) {
      throw new QuickstartFailure(
          "--port-offset %d: give a number from 0 to %d"
              .formatted(portOffset, QuickstartPorts.MAX_OFFSET));
    }
    if (noDemo && exit) {
      throw new QuickstartFailure(
          "--no-demo and --exit together would start everything for nothing: give one of them");
    }
    QuickstartPorts ports = QuickstartPorts.withOffset(portOffset);
    requireFree(ports);
    try (DataDirectory data = DataDirectory.open(directory(), fresh)) {
      logTo(data.resolve("quickstart.log"));
      return run(ports, data);
    } catch (PortInUseException e) {
      throw new QuickstartFailure(e.getMessage() + " with --port-offset", e);
    }
  }

  private int run(QuickstartPorts ports, DataDirectory data) throws InterruptedException {
    long start = System.nanoTime();
    console.line("Starting Mailstream; data and log are in " + data.path());
    LocalSystem system = new LocalSystem(ports, plot, data.path(), console);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(system), "quickstart-stop"));
    try {
      system.start();
      ready(system, start);
      Optional<String> suppressed = Optional.empty();
      boolean asTold = true;
      if (!noDemo) {
        try (Scenario scenario = plot.scenario(system, console)) {
          asTold = scenario.play();
          suppressed = scenario.suppressed();
        }
      }
      if (exit) {
        return asTold ? 0 : NOT_AS_TOLD;
      }
      whatToTry(system, suppressed.orElse("bounce@simulator.amazonses.com"));
      stopped.await();
      return 0;
    } finally {
      stop(system);
    }
  }

  /** On Ctrl-C and at the end, whichever comes first; the second waits for the first. */
  private synchronized void stop(LocalSystem system) {
    if (stopped.getCount() == 0) {
      return;
    }
    long start = System.nanoTime();
    console.line("");
    console.line("Stopping ...");
    system.close();
    console.line("Stopped after " + Console.since(start) + ".");
    stopped.countDown();
  }

  private void requireFree(QuickstartPorts ports) {
    Map<String, Integer> taken = ports.taken(plot);
    if (!taken.isEmpty()) {
      StringBuilder text = new StringBuilder();
      taken.forEach((part, port) ->
          text.append("port %d for %s is taken on 127.0.0.1%n".formatted(port, part)));
      throw new QuickstartFailure(
          text + "Stop what listens there, or move all ports: --port-offset 1000");
    }
  }

  private Path directory() {
    return dataDir != null
        ? dataDir
        : Path.of(System.getProperty("mailstream.home", "")).resolve("data").resolve("quickstart");
  }

  /** Before the first logger is made: people read the output, the log goes to a file. */
  private static void logTo(Path file) {
    if (System.getProperty("logback.configurationFile") == null) {
      System.setProperty("mailstream.log.file", file.toString());
      System.setProperty("logback.configurationFile", "quickstart-logback.xml");
    }
    Logging.configure(false);
  }

  private void ready(LocalSystem system, long start) {
    console.line(
        String.format(
            Locale.ROOT,
            "Mailstream is ready after %s: Kafka %s, registry %s, query API %s, webhooks %s,"
                + " SES simulator %s",
            Console.since(start),
            system.bootstrapServers(),
            system.registryUrl(),
            system.apiUrl(),
            system.webhooksUrl(),
            system.sesUrl()));
  }

  /** What a new user does next, with the addresses of this start. */
  private void whatToTry(LocalSystem system, String suppressed) {
    String config = portOffset == 0 ? "" : " --config '" + system.clientProperties() + "'";
    console.line(
        """

        To try, in another terminal:
          bin/mailstream send%1$s --tenant demo --stream password-reset --from no-reply@example.com \\
              --to success@simulator.amazonses.com --subject Hello --text "It works." --wait
          bin/mailstream results --follow%1$s
          bin/mailstream suppressions get %5$s%1$s
          curl -s %2$s/v1/suppressions/%5$s
          curl -s '%3$s/inbox?limit=1'
          curl -s -X PUT %3$s/control -d '{"latencyMillis": 200, "maxSendRate": 5}'
        Policies: %4$s (start again after a change)
        Ctrl-C stops everything; the data stays.\
        """
            .formatted(
                config, system.apiUrl(), system.sesUrl(), system.policiesFile(), suppressed));
  }
}
