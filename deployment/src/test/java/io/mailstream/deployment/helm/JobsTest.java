package io.mailstream.deployment.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.mailstream.v1.SendRequest;
import java.lang.reflect.Field;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The jobs run commands that the CLI has, with options that they have. */
class JobsTest {

  @ParameterizedTest
  @CsvSource({
    "mailstream-monitor, monitor, io.mailstream.cli.MonitorCommand",
    "mailstream-digest, send, io.mailstream.cli.SendCommand"
  })
  void callTheCliAsItIs(String job, String command, String type) throws ClassNotFoundException {
    Manifests manifests = Manifests.of(Chart.example("production"));
    JsonNode container = manifests.pod(job).containers().getFirst();
    List<String> arguments = Manifests.stream(container.get("args")).map(JsonNode::asText).toList();
    Class<?> implementation = Class.forName(type);
    assertThat(arguments.getFirst()).isEqualTo(command);
    assertThat(implementation.getAnnotation(Command.class).name()).isEqualTo(command);
    Set<String> known = new HashSet<>();
    Set<String> required = new HashSet<>();
    collect(implementation, known, required);
    List<String> given =
        arguments.stream().skip(1).map(argument -> argument.split("=", 2)[0]).toList();
    assertThat(known).containsAll(given);
    assertThat(given).containsAll(required);
  }

  private static void collect(Class<?> type, Set<String> known, Set<String> required) {
    for (Field field : type.getDeclaredFields()) {
      Option option = field.getAnnotation(Option.class);
      if (option != null) {
        known.addAll(List.of(option.names()));
        if (option.required()) {
          required.add(option.names()[0]);
        }
      }
      if (field.isAnnotationPresent(Mixin.class)) {
        collect(field.getType(), known, required);
      }
    }
  }

  /** A mail that did not come is an alarm; a repeat of the digest is a duplicate by its key. */
  @Test
  void failAndRepeatAsTheyMust() {
    Manifests manifests = Manifests.of(Chart.example("production"));
    JsonNode monitor = manifests.get("CronJob", "mailstream-monitor").get("spec");
    assertThat(monitor.at("/jobTemplate/spec/backoffLimit").asInt(-1)).isZero();
    JsonNode digest = manifests.get("CronJob", "mailstream-digest").get("spec");
    assertThat(digest.at("/jobTemplate/spec/backoffLimit").asInt()).isPositive();
    assertThat(List.of(monitor, digest))
        .allSatisfy(job -> {
          assertThat(job.get("concurrencyPolicy").asText()).isEqualTo("Forbid");
          assertThat(job.at("/jobTemplate/spec/template/spec/restartPolicy").asText())
              .isEqualTo("Never");
        });
    JsonNode container = manifests.pod("mailstream-digest").containers().getFirst();
    assertThat(container.get("args").toString()).contains("--key=$(JOB_NAME)");
    assertThat(container.at("/env/0/valueFrom/fieldRef/fieldPath").asText())
        .isEqualTo("metadata.labels['batch.kubernetes.io/job-name']");
  }

  @Test
  void theDigestIsJsonLinesWithTheFieldsOfARequest() throws Exception {
    JsonNode map = Manifests.of(Chart.example("production")).get("ConfigMap", "mailstream-digest");
    List<String> lines = map.at("/data/requests.jsonl").asText().lines().toList();
    assertThat(lines).isNotEmpty();
    Set<String> fields = new HashSet<>(List.of("lane", "text", "html", "attachments"));
    SendRequest.getClassSchema().getFields().forEach(field -> fields.add(field.name()));
    for (String line : lines) {
      JsonNode request = JsonMapper.builder().build().readTree(line);
      request.fieldNames().forEachRemaining(name -> assertThat(fields).contains(name));
      assertThat(request.has("idempotency_key")).as("the key is the run's").isFalse();
    }
  }
}
