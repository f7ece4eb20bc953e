package io.mailstream.cli;

import io.mailstream.runtime.config.ConfigFaults;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.apache.kafka.common.config.ConfigException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * {@code mailstream}, the command for people: an ordinary Kafka and HTTP client of any
 * installation. Answers go to standard output, all else to standard error; the exit statuses are
 * those of {@link Exit}.
 */
@Command(
    name = "mailstream",
    description = "Sends mail through Mailstream and tells what became of it.",
    mixinStandardHelpOptions = true,
    versionProvider = Mailstream.Version.class,
    subcommands = {
      SendCommand.class,
      ResultsCommand.class,
      CancelCommand.class,
      SuppressionsCommand.class,
      EraseCommand.class,
      DeadLettersCommand.class,
      StreamsCommand.class,
      MonitorCommand.class,
      TopicsCommand.class,
      DoctorCommand.class,
      CommandLine.HelpCommand.class
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:all as hoped",
      "1:done, but not all as hoped: a line or a result that is not as it should be",
      "2:the command line or the configuration is wrong; nothing was done",
      "3:Kafka, the registry or the API cannot be reached or refuses",
      "4:the timeout passed first"
    },
    footer = {
      "",
      "Connections are set by options, by a properties file (--config) with any Kafka client",
      "property, or by the environment: MAILSTREAM_BOOTSTRAP_SERVERS, MAILSTREAM_API_URL, …"
    })
public final class Mailstream {

  private static final String LOGBACK = "logback.configurationFile";

  private Mailstream() {}

  /** Runs the command and exits with its status. */
  public static void main(String[] args) {
    // Before any class that logs is loaded: the services' JSON lines are no use to a person.
    if (System.getProperty(LOGBACK) == null) {
      System.setProperty(LOGBACK, "io/mailstream/cli/logback-cli.xml");
    }
    Console console = System.console();
    boolean colours = console != null && console.isTerminal() && System.getenv("NO_COLOR") == null;
    Terminal terminal =
        new Terminal(
            System.in,
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            System.getenv(),
            colours);
    System.exit(run(terminal, args));
  }

  /**
   * Runs the command, as {@link #main} does, without ending the JVM.
   *
   * @return the exit status
   */
  public static int run(Terminal terminal, String... args) {
    CommandLine commandLine =
        new CommandLine(new Mailstream(), new Factory(terminal))
            .setOut(terminal.out())
            .setErr(terminal.err())
            // An argument @file means the file's text to us, not further arguments.
            .setExpandAtFiles(false)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setColorScheme(
                CommandLine.Help.defaultColorScheme(terminal.colours() ? Ansi.ON : Ansi.OFF))
            .setParameterExceptionHandler((e, arguments) -> misused(e, terminal))
            .setExecutionExceptionHandler((e, command, parsed) -> explain(e, terminal));
    if (args.length == 0) {
      commandLine.usage(terminal.err());
      return Exit.USAGE;
    }
    int status = commandLine.execute(args);
    terminal.out().flush();
    terminal.err().flush();
    return status;
  }

  private static int misused(ParameterException e, Terminal terminal) {
    terminal.err().println(terminal.in(Terminal.Colour.RED, "mailstream: ") + e.getMessage());
    UnmatchedArgumentException.printSuggestions(e, terminal.err());
    terminal
        .err()
        .printf("Try '%s --help'.%n", e.getCommandLine().getCommandSpec().qualifiedName());
    return Exit.USAGE;
  }

  private static int explain(Exception e, Terminal terminal) throws Exception {
    int status =
        switch (e) {
          case CliException cli -> cli.exitCode();
          case ConfigFaults faults -> Exit.USAGE;
          case ConfigException invalid -> Exit.USAGE;
          // What nobody foresaw is reported with its trace, by picocli.
          default -> throw e;
        };
    terminal.err().println(terminal.in(Terminal.Colour.RED, "mailstream: ") + e.getMessage());
    return status;
  }

  /** Hands the terminal to the commands. */
  private record Factory(Terminal terminal) implements CommandLine.IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
      try {
        return type.getDeclaredConstructor(Terminal.class).newInstance(terminal);
      } catch (NoSuchMethodException e) {
        return CommandLine.defaultFactory().create(type);
      }
    }
  }

  /** The version that the build wrote, for an image has classes and no jar with a manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
      Properties written = new Properties();
      try (InputStream in = Mailstream.class.getResourceAsStream("version.properties")) {
        written.load(in);
      }
      return new String[] {"mailstream " + written.getProperty("version")};
    }
  }
}
