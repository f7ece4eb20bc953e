package io.mailstream.app;

import io.mailstream.runtime.config.CommonConfig;
import io.mailstream.runtime.health.CheckResult;
import io.mailstream.runtime.health.HealthCheck;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** What every role needs from outside, asked for readiness: the brokers and the registry. */
final class Dependencies implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofMillis(1500);

  private final String brokers;
  private final List<String> registries;
  private final Admin admin;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

  Dependencies(StreamsAppConfig config) {
    this.brokers = String.join(",", config.getList(CommonConfig.BOOTSTRAP_SERVERS));
    this.registries =
        List.of(config.getString(CommonConfig.SCHEMA_REGISTRY_URL).split("\\s*,\\s*"));
    Map<String, Object> settings = new HashMap<>(CommonConfig.kafkaClient(config));
    settings.put(AdminClientConfig.CLIENT_ID_CONFIG, "mailstream-readiness");
    this.admin = Admin.create(settings);
  }

  List<HealthCheck> checks() {
    return List.of(
        HealthCheck.of("kafka", this::kafka), HealthCheck.of("schema-registry", this::registry));
  }

  private CheckResult kafka() {
    try {
      admin.describeCluster().nodes().get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      return CheckResult.up();
    } catch (ExecutionException e) {
      return CheckResult.down("%s: %s".formatted(brokers, e.getCause().getMessage()));
    } catch (TimeoutException e) {
      return CheckResult.down("no broker of %s answers".formatted(brokers));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return CheckResult.down("interrupted: the service is stopping");
    }
  }

  /** Whether one of the URLs answers at all; what it allows shows when it is used. */
  private CheckResult registry() {
    String last = "";
    for (String url : registries) {
      try {
        URI uri = URI.create(url.replaceAll("/+$", "") + "/schemas/types");
        int status =
            http.send(
                    HttpRequest.newBuilder(uri).timeout(TIMEOUT).build(),
                    HttpResponse.BodyHandlers.discarding())
                .statusCode();
        if (status < 500) {
          return CheckResult.up();
        }
        last = "%s answers %d".formatted(url, status);
      } catch (IOException | IllegalArgumentException e) {
        last = "%s does not answer".formatted(url);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return CheckResult.down("interrupted: the service is stopping");
      }
    }
    return CheckResult.down(last);
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(1));
    http.close();
  }
}
