package io.mailstream.app;

import io.helidon.webserver.http.HttpRouting;
import io.mailstream.runtime.health.HealthCheck;
import java.time.Duration;
import java.util.List;

/** One of the things that a streams app can be: the topology, the sender. */
public interface Role extends AutoCloseable {

  /** Its name, as the configuration has it. */
  String name();

  /** Begins to work; returns soon, whether or not Kafka is there. */
  void start();

  /** What says that the process is past help. */
  List<HealthCheck> livenessChecks();

  /** What says whether it can work now, part by part. */
  List<HealthCheck> readinessChecks();

  /** Adds its routes to the app's HTTP server. */
  default void routes(HttpRouting.Builder routing) {}

  /** The longest that {@link #close} may take. */
  default Duration stopBound() {
    return Duration.ofMillis(8_700);
  }

  /** Finishes or hands over what is in flight, within {@link #stopBound}. */
  @Override
  void close();
}
