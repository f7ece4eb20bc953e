package io.mailstream.deployment.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.runtime.health.Health;
import io.mailstream.runtime.http.HttpService;
import io.mailstream.runtime.metrics.Metrics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every pod, whatever the values are. */
class PodsTest {

  private static final Pattern SECRET_KEY =
      Pattern.compile(
          "(?m)^\\s*[\"']?([A-Za-z0-9._-]*(password|jaas\\.config|api\\.tokens?|api\\.key|server\\.token|secret\\.access\\.key"
              + "|access\\.key\\.id|session\\.token|user\\.info|keystore\\.key|secret_access_key))"
              + "[\"']?\\s*[=:]\\s*(\\S.*)$");

  @ParameterizedTest
  @MethodSource("io.mailstream.deployment.helm.Chart#examples")
  void isLockedDown(Path values) {
    assertThat(Manifests.of(values).pods())
        .hasSizeGreaterThanOrEqualTo(3)
        .allSatisfy(pod -> {
          JsonNode spec = pod.spec();
          assertThat(spec.at("/automountServiceAccountToken").asBoolean(true)).isFalse();
          assertThat(spec.at("/enableServiceLinks").asBoolean(true)).isFalse();
          assertThat(spec.at("/securityContext/seccompProfile/type").asText())
              .isEqualTo("RuntimeDefault");
          assertThat(spec.has("hostNetwork") || spec.has("hostPID") || spec.has("hostIPC"))
              .isFalse();
          if (pod.isSmartHost()) {
            assertThat(spec.at("/hostUsers").asBoolean(true)).isFalse();
          } else {
            assertThat(spec.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
            assertThat(spec.at("/securityContext/runAsUser").asInt()).isPositive();
          }
          assertThat(pod.containers())
              .isNotEmpty()
              .allSatisfy(container -> {
                JsonNode security = container.get("securityContext");
                assertThat(security.at("/readOnlyRootFilesystem").asBoolean()).isTrue();
                assertThat(security.at("/allowPrivilegeEscalation").asBoolean(true)).isFalse();
                assertThat(security.at("/privileged").asBoolean()).isFalse();
                assertThat(security.at("/capabilities/drop").toString()).isEqualTo("[\"ALL\"]");
                List<String> added =
                    Manifests.stream(security.at("/capabilities/add"))
                        .map(JsonNode::asText)
                        .toList();
                if (pod.isSmartHost()) {
                  assertThat(added)
                      .containsExactly(
                          "CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETUID");
                } else {
                  assertThat(added).isEmpty();
                }
                assertThat(container.at("/resources/requests/cpu").asText()).isNotEmpty();
                assertThat(container.at("/resources/requests/memory").asText()).isNotEmpty();
                assertThat(container.at("/resources/limits/memory").asText()).isNotEmpty();
              });
        });
  }

  @ParameterizedTest
  @MethodSource("io.mailstream.deployment.helm.Chart#examples")
  void writesOnlyToVolumes(Path values) {
    for (Manifests.PodTemplate pod : Manifests.of(values).pods()) {
      Set<String> volumes = new HashSet<>();
      pod.spec().path("volumes").forEach(volume -> volumes.add(volume.get("name").asText()));
      pod.owner()
          .at("/spec/volumeClaimTemplates")
          .forEach(claim -> volumes.add(Manifests.name(claim)));
      for (JsonNode container : pod.containers()) {
        Set<String> mounted = new HashSet<>();
        container.path("volumeMounts").forEach(mount -> mounted.add(mount.get("name").asText()));
        assertThat(mounted).as("%s mounts what it has", pod).isEqualTo(volumes);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.mailstream.deployment.helm.Chart#examples")
  void isProbedAndSpreadAndHasTimeToStop(Path values) {
    assertThat(Manifests.of(values).pods())
        .filteredOn(Manifests.PodTemplate::isServer)
        .allSatisfy(pod -> {
          for (JsonNode container : pod.containers()) {
            for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
              JsonNode handler = container.get(probe);
              assertThat(handler).as("%s of %s", probe, pod).isNotNull();
              String port =
                  handler.at(pod.isSmartHost() ? "/tcpSocket/port" : "/httpGet/port").asText();
              assertThat(container.at("/ports/0/name").asText()).isEqualTo(port);
            }
            if (!pod.isSmartHost()) {
              assertThat(container.at("/startupProbe/httpGet/path").asText()).isEqualTo("/livez");
              assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/livez");
              assertThat(container.at("/readinessProbe/httpGet/path").asText())
                  .isEqualTo("/readyz");
            }
          }
          assertThat(pod.spec().at("/terminationGracePeriodSeconds").asInt())
              .isGreaterThanOrEqualTo(15);
          if (!pod.isSmartHost()) {
            assertThat(pod.spec().get("topologySpreadConstraints"))
                .hasSize(2)
                .allSatisfy(constraint -> {
                  Map<String, String> labels =
                      Manifests.strings(constraint.at("/labelSelector/matchLabels"));
                  assertThat(pod.labels()).containsAllEntriesOf(labels);
                });
          }
        });
  }

  /** The paths that probes, PodMonitor and helm test ask for, asked of the runtime itself. */
  @Test
  void asksForWhatTheRuntimeServes() throws Exception {
    Manifests manifests = Manifests.of(Chart.example("production"));
    Set<String> paths = new HashSet<>();
    for (Manifests.PodTemplate pod : manifests.pods()) {
      for (JsonNode container : pod.containers()) {
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
          if (container.has(probe)) {
            paths.add(container.at("/" + probe + "/httpGet/path").asText());
          }
        }
        if (pod.owner().get("kind").asText().equals("Pod")) {
          String command = container.get("command").toString();
          paths.add(URI.create(command.replaceAll(".*\"(http://[^\"]+)\".*", "$1")).getPath());
        }
      }
    }
    JsonNode monitor = manifests.get("PodMonitor", "mailstream");
    paths.add(monitor.at("/spec/podMetricsEndpoints/0/path").asText());
    assertThat(paths).containsExactlyInAnyOrder("/livez", "/readyz", "/metrics");

    try (Metrics metrics = Metrics.create("test");
        HttpService server =
            HttpService.start("test", "127.0.0.1", 0, new Health(), metrics, routes -> {});
        HttpClient client = HttpClient.newHttpClient()) {
      for (String path : paths) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.url() + path)).build();
        assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
            .as(path)
            .isEqualTo(200);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.mailstream.deployment.helm.Chart#examples")
  void namesSecretsAndHoldsNone(Path values) {
    Manifests manifests = Manifests.of(values);
    assertThat(manifests.ofKind("Secret")).isEmpty();
    for (JsonNode map : manifests.ofKind("ConfigMap")) {
      map.get("data")
          .properties()
          .forEach(file -> {
            Matcher secret = SECRET_KEY.matcher(file.getValue().asText());
            while (secret.find()) {
              assertThat(secret.group(3))
                  .as("%s in %s of %s", secret.group(1), file.getKey(), Manifests.name(map))
                  .matches("\\$\\{dir:/etc/mailstream/secrets/(kubernetes|csi|external):[^}]+}");
            }
          });
    }
    for (Manifests.PodTemplate pod : manifests.pods()) {
      for (JsonNode container : pod.containers()) {
        container
            .path("env")
            .forEach(variable ->
                assertThat(variable.get("name").asText())
                    .isIn(
                        "POD_NAME",
                        "JOB_NAME",
                        "JAVA_TOOL_OPTIONS",
                        "MAILSTREAM_SENDER_INSTANCE_ID",
                        "MAILSTREAM_TOPOLOGY_ADVERTISED_ADDRESS",
                        "MAILSTREAM_STREAMS_MAIN_CONSUMER_GROUP_INSTANCE_ID"));
      }
    }
  }
}
