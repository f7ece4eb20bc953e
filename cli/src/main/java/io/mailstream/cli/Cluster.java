package io.mailstream.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.utils.Utils;

/** The Kafka cluster, and what is wrong with it in words that say what to do. */
final class Cluster implements AutoCloseable {

  private static final int TIMEOUT_MS = 10_000;
  private static final int CONNECT_TIMEOUT_MS = 2_000;

  private final Settings settings;
  private final Admin admin;

  private Cluster(Settings settings, Admin admin) {
    this.settings = settings;
    this.admin = admin;
  }

  /**
   * Prepares a client.
   *
   * @throws CliException if its settings are wrong, or no broker takes a connection
   */
  static Cluster connect(Settings settings) {
    Map<String, Object> config = settings.client();
    config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
    config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MS / 2);
    Cluster cluster;
    try {
      cluster = new Cluster(settings, Admin.create(config));
    } catch (KafkaException e) {
      throw misconfigured(e);
    }
    // The client itself would try until its timeout before it says so.
    Optional<String> refusal = refusals(settings);
    if (refusal.isPresent()) {
      cluster.close();
      throw new CliException(Exit.UNAVAILABLE, refusal.get());
    }
    return cluster;
  }

  /** A client that could not be made. */
  static CliException misconfigured(KafkaException e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return new CliException(
        Exit.USAGE, "the Kafka client cannot be configured: " + cause.getMessage(), e);
  }

  Admin admin() {
    return admin;
  }

  /**
   * Checks that topics are there.
   *
   * @throws CliException if one is not, or the cluster does not answer
   */
  void requireTopics(Collection<String> topics) {
    Map<String, KafkaFuture<TopicDescription>> described =
        admin.describeTopics(topics).topicNameValues();
    List<String> missing = new ArrayList<>();
    for (String topic : topics) {
      try {
        described.get(topic).get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof UnknownTopicOrPartitionException) {
          missing.add(topic);
        } else {
          throw explain(settings, e.getCause());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CliException(Exit.UNAVAILABLE, "interrupted", e);
      }
    }
    if (!missing.isEmpty()) {
      throw new CliException(
          Exit.UNAVAILABLE,
          "there is no topic %s at %s: create the topics with 'mailstream topics create', or give"
                  .formatted(String.join(", ", missing), settings.bootstrap())
              + " the installation's own --prefix");
    }
  }

  /** What is wrong, in words. */
  static CliException explain(Settings settings, Throwable failure) {
    return new CliException(Exit.UNAVAILABLE, describe(settings, failure), failure);
  }

  private static String describe(Settings settings, Throwable failure) {
    return switch (failure) {
      case TimeoutException e -> unreachable(settings);
      case AuthenticationException e ->
          "%s refuses the credentials (%s): check security.protocol and sasl.* or ssl.* in --config"
              .formatted(settings.bootstrap(), e.getMessage());
      case AuthorizationException e ->
          "%s does not allow it: %s".formatted(settings.bootstrap(), e.getMessage());
      default -> "%s: %s".formatted(settings.bootstrap(), failure.getMessage());
    };
  }

  private static String unreachable(Settings settings) {
    return refusals(settings)
        .orElseGet(() ->
            "%s takes connections but does not answer as a Kafka broker: with TLS or SASL set"
                    .formatted(settings.bootstrap())
                + " security.protocol and what it needs in --config");
  }

  /** Says so where no broker takes a connection. */
  private static Optional<String> refusals(Settings settings) {
    List<String> tried = new ArrayList<>();
    for (String server : settings.bootstrap().split(",", -1)) {
      Optional<String> refusal = refusal(server.strip());
      if (refusal.isEmpty()) {
        return Optional.empty();
      }
      tried.add("%s (%s)".formatted(server.strip(), refusal.get()));
    }
    return Optional.of(
        "no Kafka broker can be reached at %s: check that it runs, and give its address by"
                .formatted(String.join(", ", tried))
            + " --bootstrap, --config or MAILSTREAM_BOOTSTRAP_SERVERS");
  }

  private static Optional<String> refusal(String server) {
    String host = Utils.getHost(server);
    Integer port = Utils.getPort(server);
    if (host == null || port == null) {
      return Optional.of("not host:port");
    }
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      return Optional.of("unknown host");
    }
    try (Socket socket = new Socket()) {
      socket.connect(address, CONNECT_TIMEOUT_MS);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e.getMessage());
    }
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }
}
