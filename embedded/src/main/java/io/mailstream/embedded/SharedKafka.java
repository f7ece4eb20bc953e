package io.mailstream.embedded;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * The broker that the tests of one JVM share, and the one place that chooses it: Kafka's own image
 * in a container where a Docker engine answers, else the {@link EmbeddedKafka}. It says on standard
 * output which it took and why.
 *
 * <p>System property {@value #BROKER}: {@code auto} as above; {@code container}, and nothing else
 * will do; {@code embedded}. System property {@value #IMAGE}: the image.
 *
 * <p>For tests that are clients. A test that stops the broker, or starts it with settings of its
 * own, takes an {@link EmbeddedKafka}.
 */
public final class SharedKafka {

  static final String BROKER = "mailstream.kafka.broker";
  static final String IMAGE = "mailstream.kafka.image";
  private static final String DEFAULT_IMAGE = "apache/kafka:4.3.1";
  private static final Duration PULL_WITHIN = Duration.ofMinutes(2);
  private static final Duration START_WITHIN = Duration.ofMinutes(2);

  private SharedKafka() {}

  /** What clients connect to; the broker is started on first use, and stopped with this JVM. */
  public static String bootstrapServers() {
    return Chosen.BOOTSTRAP_SERVERS;
  }

  /** How a broker is started; a test has others. */
  record Brokers(Container container, Embedded embedded) {

    /** Starts a container, or says why not. */
    @FunctionalInterface
    interface Container {
      String start(String image) throws IOException;
    }

    /** Starts the embedded broker. */
    @FunctionalInterface
    interface Embedded {
      String start();
    }
  }

  /**
   * Chooses and starts.
   *
   * @param wanted the value of {@value #BROKER}
   * @throws IllegalStateException if a container is wanted and cannot be had
   */
  static String start(String wanted, String image, Brokers brokers) {
    return switch (wanted) {
      case "embedded" -> embedded(brokers, "as -D%s=embedded asks".formatted(BROKER));
      case "container" -> {
        try {
          yield container(brokers, image);
        } catch (IOException e) {
          throw new IllegalStateException(
              "no Kafka in a container, which -D%s=container asks for: %s. Pull or build %s, name another by -D%s, or leave the choice to the tests"
                  .formatted(BROKER, e.getMessage(), image, IMAGE),
              e);
        }
      }
      case "auto" -> {
        try {
          yield container(brokers, image);
        } catch (IOException e) {
          yield embedded(
              brokers,
              "since there is none in a container: %s (%s is by -D%s, insist by -D%s=container)"
                  .formatted(e.getMessage(), image, IMAGE, BROKER));
        }
      }
      default ->
          throw new IllegalStateException(
              "-D%s=%s: give auto, container or embedded".formatted(BROKER, wanted));
    };
  }

  private static String container(Brokers brokers, String image) throws IOException {
    String servers = brokers.container().start(image);
    say("Kafka for the tests: a container of %s at %s".formatted(image, servers));
    return servers;
  }

  private static String embedded(Brokers brokers, String why) {
    say("Kafka for the tests: the embedded broker, " + why);
    return brokers.embedded().start();
  }

  private static void say(String what) {
    System.out.println(what);
  }

  /** Asks the engine first, since Testcontainers tries for minutes what cannot be. */
  private static String startContainer(String image) throws IOException {
    Map<String, String> env = System.getenv();
    Optional<DockerEngine> engine = DockerEngine.find(env);
    boolean isElsewhere =
        !env.getOrDefault("DOCKER_HOST", "unix://").toLowerCase(Locale.ROOT).startsWith("unix://");
    if (engine.isPresent()) {
      engine.get().require(image, PULL_WITHIN);
    } else if (!isElsewhere) {
      throw new IOException("no Docker engine answers");
    }
    try {
      return CompletableFuture.supplyAsync(() -> KafkaInContainer.start(image))
          .orTimeout(START_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
          .join();
    } catch (CompletionException e) {
      Throwable cause = e.getCause();
      throw new IOException(
          cause instanceof NoClassDefFoundError
              ? "this module's tests have no org.testcontainers:testcontainers-kafka"
              : "it did not start within %d s: %s".formatted(START_WITHIN.toSeconds(), cause),
          cause);
    }
  }

  private static final class Chosen {
    static final String BOOTSTRAP_SERVERS =
        start(
            System.getProperty(BROKER, "auto"),
            System.getProperty(IMAGE, DEFAULT_IMAGE),
            new Brokers(
                SharedKafka::startContainer, () -> EmbeddedKafka.shared().bootstrapServers()));
  }
}
