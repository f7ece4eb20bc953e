package io.mailstream.embedded;

import io.mailstream.runtime.http.PortInUseException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.security.scram.ScramLoginModule;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.authorizer.Authorizer;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A real Kafka broker and KRaft controller in this JVM, for quickstart and for tests: one node, on
 * 127.0.0.1 only, every replication factor 1. Its data survives a restart in the same directory.
 *
 * <p>The only class that touches the broker's internal classes, which may change with any release
 * of Kafka.
 *
 * <p>What a topic may hold is left at Kafka's defaults, as on a real cluster: a topic that is to
 * take large records says so by {@code max.message.bytes}. Topics are not created on first use.
 */
public final class EmbeddedKafka implements AutoCloseable {

  private static final Duration STOP_BOUND = Duration.ofSeconds(30);
  private static final String SERVER = "embedded Kafka";
  private static final int NODE = 1;
  private static final AtomicInteger PREFIXES = new AtomicInteger();

  private final Options options;
  private final Path dataDir;
  private final int port;
  private final int saslPort;
  private FileChannel lockFile;
  private FileLock lock;
  private KafkaRaftServer server;

  private EmbeddedKafka(Options options, Path dataDir, int port) {
    this.options = options;
    this.dataDir = dataDir;
    this.port = port;
    this.saslPort = options.authorizer().isPresent() ? Ports.free() : 0;
  }

  /**
   * How the broker starts.
   *
   * @param port the port on 127.0.0.1; 0 takes a free one
   * @param dataDir where the data lives; empty for a temporary directory that {@link #close}
   *     deletes
   * @param properties broker properties that go over the defaults, such as {@code
   *     group.consumer.session.timeout.ms}
   * @param authorizer the class that decides who may do what; empty: everybody may do everything
   */
  public record Options(
      int port,
      Optional<Path> dataDir,
      Map<String, String> properties,
      Optional<Class<? extends Authorizer>> authorizer) {

    public Options {
      properties = Map.copyOf(properties);
    }

    /** A free port, a temporary directory. */
    public static Options defaults() {
      return new Options(0, Optional.empty(), Map.of(), Optional.empty());
    }

    /** With another port; 0 takes a free one. */
    public Options port(int port) {
      return new Options(port, dataDir, properties, authorizer);
    }

    /** With a directory that stays. */
    public Options dataDir(Path dataDir) {
      return new Options(port, Optional.of(dataDir), properties, authorizer);
    }

    /** With a broker property. */
    public Options property(String name, String value) {
      Map<String, String> more = new HashMap<>(properties);
      more.put(name, value);
      return new Options(port, dataDir, more, authorizer);
    }

    /**
     * With a second listener, {@link #saslBootstrapServers}, on which clients log in by
     * SCRAM-SHA-512 and may do what the authorizer allows. Who comes by the first has no name and
     * may do everything: it is for setting users and ACLs up.
     */
    public Options authorizer(Class<? extends Authorizer> authorizer) {
      return new Options(port, dataDir, properties, Optional.of(authorizer));
    }
  }

  /**
   * Starts a broker and returns when it answers.
   *
   * @throws PortInUseException if something listens on the port
   * @throws IllegalStateException if the directory is in use, or the broker does not start
   */
  public static EmbeddedKafka start(Options options) {
    int port = options.port() == 0 ? Ports.free() : options.port();
    EmbeddedKafka kafka =
        new EmbeddedKafka(options, options.dataDir().orElseGet(EmbeddedKafka::temporary), port);
    kafka.start();
    return kafka;
  }

  /**
   * The embedded broker that all tests of this JVM share; started on first use, stopped at exit.
   * Tests that do not need it to be this one take {@link SharedKafka}.
   */
  public static EmbeddedKafka shared() {
    return Shared.KAFKA;
  }

  /** A prefix for the topics, groups and transactional ids of one test on a shared broker. */
  public static String uniquePrefix() {
    return "t" + PREFIXES.incrementAndGet() + "-" + Long.toString(System.nanoTime(), 36) + ".";
  }

  /** What clients connect to, such as {@code 127.0.0.1:9092}; the same over restarts. */
  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /**
   * What clients that log in connect to; the same over restarts.
   *
   * @throws IllegalStateException if the broker has no authorizer, and so no such listener
   */
  public String saslBootstrapServers() {
    if (saslPort == 0) {
      throw new IllegalStateException(SERVER + " has no authorizer: nobody can log in");
    }
    return "127.0.0.1:" + saslPort;
  }

  /** The port on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** Where the data lives. */
  public Path dataDir() {
    return dataDir;
  }

  /** Starts the broker again after {@link #stop}, on the same port and data. */
  public synchronized void start() {
    if (server != null) {
      throw new IllegalStateException(SERVER + " runs already on port " + port);
    }
    Ports.requireFree(SERVER, port);
    lockDataDir();
    try {
      KafkaConfig config = new KafkaConfig(properties(Ports.free()), false);
      format();
      KafkaRaftServer starting = new KafkaRaftServer(config, Time.SYSTEM);
      try {
        starting.startup();
      } catch (Throwable e) {
        starting.shutdown();
        throw e;
      }
      server = starting;
    } catch (Throwable e) {
      unlockDataDir();
      throw new IllegalStateException(
          "%s on port %d with data in %s did not start: %s"
              .formatted(SERVER, port, dataDir, e.getMessage()),
          e);
    }
  }

  /**
   * Stops the broker; its data stays. Does nothing where it does not run. It takes about a second,
   * more on a busy machine.
   *
   * @throws IllegalStateException if it takes longer than 30 seconds
   */
  public synchronized void stop() {
    if (server == null) {
      return;
    }
    KafkaRaftServer stopping = server;
    server = null;
    CompletableFuture<Void> stopped = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("embedded-kafka-stop")
        .start(() -> {
          try {
            stopping.shutdown();
            stopping.awaitShutdown();
            stopped.complete(null);
          } catch (Throwable e) {
            stopped.completeExceptionally(e);
          }
        });
    try {
      stopped.get(STOP_BOUND.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(SERVER + " did not stop cleanly", e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "%s did not stop within %d s".formatted(SERVER, STOP_BOUND.toSeconds()), e);
    } finally {
      unlockDataDir();
    }
  }

  /** Stops the broker and deletes its data where that is in a temporary directory. */
  @Override
  public void close() {
    try {
      stop();
    } finally {
      if (options.dataDir().isEmpty()) {
        Directories.delete(dataDir);
      }
    }
  }

  private Properties properties(int controllerPort) {
    Properties properties = new Properties();
    properties.put("process.roles", "broker,controller");
    properties.put("node.id", String.valueOf(NODE));
    properties.put("controller.quorum.voters", NODE + "@127.0.0.1:" + controllerPort);
    String clients = "PLAINTEXT://127.0.0.1:" + port;
    if (options.authorizer().isPresent()) {
      clients += ",SASL://127.0.0.1:" + saslPort;
      properties.put("sasl.enabled.mechanisms", "SCRAM-SHA-512");
      properties.put(
          "listener.name.sasl.scram-sha-512.sasl.jaas.config",
          ScramLoginModule.class.getName() + " required;");
      properties.put("authorizer.class.name", options.authorizer().get().getName());
      properties.put("super.users", "User:ANONYMOUS");
    }
    properties.put("listeners", clients + ",CONTROLLER://127.0.0.1:" + controllerPort);
    properties.put("advertised.listeners", clients);
    properties.put(
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT");
    properties.put("inter.broker.listener.name", "PLAINTEXT");
    properties.put("controller.listener.names", "CONTROLLER");
    properties.put("log.dirs", logDir().toString());
    properties.putAll(BrokerDefaults.PROPERTIES);
    properties.putAll(options.properties());
    return properties;
  }

  private void format() throws Exception {
    if (Files.exists(logDir().resolve("meta.properties"))) {
      return;
    }
    new Formatter()
        .setPrintStream(new PrintStream(PrintStream.nullOutputStream()))
        .setNodeId(NODE)
        .setClusterId(Uuid.randomUuid().toString())
        .setReleaseVersion(MetadataVersion.latestProduction())
        .setControllerListenerName("CONTROLLER")
        .setMetadataLogDirectory(logDir().toString())
        .addDirectory(logDir().toString())
        .setIgnoreFormatted(false)
        .run();
  }

  private Path logDir() {
    return dataDir.resolve("log");
  }

  private void lockDataDir() {
    Path file = dataDir.resolve("in-use.lock");
    try {
      Files.createDirectories(dataDir);
      lockFile = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      lock = lockFile.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "%s: cannot write in the data directory %s".formatted(SERVER, dataDir), e);
    }
    if (lock == null) {
      unlockDataDir();
      throw new IllegalStateException(
          "%s: the data directory %s is in use by another broker: stop it, or choose another"
                  .formatted(SERVER, dataDir)
              + " directory");
    }
  }

  private void unlockDataDir() {
    try {
      if (lockFile != null) {
        lockFile.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unlock " + dataDir, e);
    } finally {
      lockFile = null;
      lock = null;
    }
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("embedded-kafka-");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot create a temporary directory", e);
    }
  }

  private static final class Shared {
    static final EmbeddedKafka KAFKA = start();

    private static EmbeddedKafka start() {
      EmbeddedKafka kafka = EmbeddedKafka.start(Options.defaults());
      Runtime.getRuntime().addShutdownHook(new Thread(kafka::close, "embedded-kafka-exit"));
      return kafka;
    }
  }
}
