package io.mailstream.webhook;

import io.mailstream.runtime.config.CommonConfig;
import io.mailstream.runtime.health.CheckResult;
import io.mailstream.runtime.health.HealthCheck;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Whether an event could be written now: the brokers answer, the topics and schemas are there. */
final class Readiness implements AutoCloseable {

  private static final int TIMEOUT_MS = 1_500;

  private final List<Output> outputs;
  private final RecordWriter writer;
  private final Admin admin;
  private volatile boolean knowsSchemas;

  Readiness(WebhookConfig config, List<Output> outputs, RecordWriter writer) {
    this.outputs = List.copyOf(outputs);
    this.writer = writer;
    Map<String, Object> settings = CommonConfig.kafkaClient(config);
    settings.put(AdminClientConfig.CLIENT_ID_CONFIG, "webhook-ingest-readiness");
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
    this.admin = Admin.create(settings);
  }

  List<HealthCheck> checks() {
    return List.of(
        HealthCheck.of("kafka", this::checkKafka),
        HealthCheck.of("schema-registry", this::checkRegistry));
  }

  private CheckResult checkKafka() {
    List<String> topics = outputs.stream().map(Output::topic).toList();
    try {
      admin.describeTopics(topics).allTopicNames().get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
      return CheckResult.up();
    } catch (ExecutionException e) {
      return CheckResult.down(
          e.getCause() instanceof UnknownTopicOrPartitionException
              ? "a topic is missing: create %s".formatted(String.join(", ", topics))
              : "the brokers do not answer: " + e.getCause().getMessage());
    } catch (TimeoutException e) {
      return CheckResult.down("the brokers do not answer within " + TIMEOUT_MS + " ms");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return CheckResult.down("the service is stopping");
    }
  }

  /** Schemas are remembered: once they are known, the registry is not needed to go on. */
  private CheckResult checkRegistry() {
    if (!knowsSchemas) {
      try {
        outputs.forEach(output ->
            output.sample().ifPresent(sample -> writer.serialize(output.topic(), sample)));
        knowsSchemas = true;
      } catch (RuntimeException e) {
        return CheckResult.down("no schema id could be had: " + e.getMessage());
      }
    }
    return CheckResult.up();
  }

  @Override
  public void close() {
    admin.close(Duration.ofMillis(TIMEOUT_MS));
  }
}
