package io.mailstream.deployment.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.app.StreamsAppConfig;
import io.mailstream.deployment.StrictYaml;
import io.mailstream.policy.Policies;
import io.mailstream.policy.PolicyLoader;
import io.mailstream.runtime.config.CommonConfig;
import io.mailstream.runtime.config.ConfigSources;
import io.mailstream.runtime.config.ServiceConfig;
import io.mailstream.schemas.RecipientHash;
import io.mailstream.schemas.UnsubscribeKeys;
import io.mailstream.schemas.UnsubscribeTokens;
import io.mailstream.sender.SenderConfig;
import io.mailstream.sender.provider.EmailProvider;
import io.mailstream.sender.provider.ProviderFactory;
import io.mailstream.webhook.WebhookConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each pod's files and variables, laid out as Kubernetes would, read by the services' own
 * configuration: a key that no service knows, a file that is not mounted or a policy that is wrong
 * is a fault here and not at the first start.
 */
class ConfigurationTest {

  private static final String ROOT = "/etc/mailstream";
  private static final Pattern ARGUMENT = Pattern.compile("--config[=,](.+?)(,|$)");

  @TempDir private Path directory;

  @ParameterizedTest
  @MethodSource("io.mailstream.deployment.helm.Chart#examples")
  void isAcceptedByTheServicesThemselves(Path values) throws IOException {
    Manifests manifests = Manifests.of(values);
    Set<String> roles = new HashSet<>();
    for (Manifests.PodTemplate pod : manifests.pods()) {
      if (pod.isSmartHost() || pod.owner().get("kind").asText().equals("Pod")) {
        continue;
      }
      Path files = Files.createDirectory(directory.resolve(pod.name()));
      mount(manifests, pod, files);
      Map<String, String> settings = settings(pod, files);
      String image = pod.containers().getFirst().get("image").asText();
      if (image.contains("/mailstream-streams-app:")) {
        StreamsAppConfig config = new StreamsAppConfig(settings);
        roles.add(config.getString(StreamsAppConfig.ROLE));
        checkStreamsApp(pod, config, settings);
      } else if (image.contains("/mailstream-webhook-ingest:")) {
        roles.add("webhook-ingest");
        checkServer(pod, new WebhookConfig(settings));
      } else {
        assertThat(image).contains("/mailstream-cli:");
        checkClient(settings);
      }
      checkKafkaKeys(settings);
    }
    assertThat(roles).contains("topology", "sender");
    if (!manifests.ofKind("Ingress").isEmpty() || !manifests.ofKind("HTTPRoute").isEmpty()) {
      assertThat(roles).contains("webhook-ingest");
    }
  }

  private static void checkStreamsApp(
      Manifests.PodTemplate pod, StreamsAppConfig config, Map<String, String> settings) {
    checkServer(pod, config);
    Policies policies =
        PolicyLoader.load(Path.of(config.getString(StreamsAppConfig.POLICIES_FILE)));
    assertThat(policies.accounts()).isNotEmpty();
    if (config.getString(StreamsAppConfig.ROLE).equals("topology")) {
      assertThat(CommonConfig.apiTokens(config)).isNotEmpty();
      assertThat(settings.get("topology.advertised.address"))
          .isEqualTo("mailstream-topology-0.mailstream-topology-pods.mail.svc:8080");
      assertThat(settings.get("topology.state.dir")).startsWith("/var/lib/mailstream/");
      return;
    }
    SenderConfig sender = SenderConfig.of(config);
    assertThat(sender.instanceId()).isEqualTo(pod.name() + "-0");
    long grace = pod.spec().get("terminationGracePeriodSeconds").asLong();
    assertThat(Duration.ofSeconds(grace)).isGreaterThan(sender.handoverTimeout().plusSeconds(5));
    policies
        .accounts()
        .values()
        .forEach(account -> {
          try (EmailProvider provider =
              ProviderFactory.create(account, SenderConfig.accounts(config))) {
            assertThat(provider).isNotNull();
          }
        });
  }

  /** Reachable from outside the pod, on the port that pod and probes name. */
  private static void checkServer(Manifests.PodTemplate pod, ServiceConfig config) {
    assertThat(config.getString(CommonConfig.HTTP_HOST)).isEqualTo("0.0.0.0");
    assertThat(config.getInt(CommonConfig.HTTP_PORT))
        .isEqualTo(pod.containers().getFirst().at("/ports/0/containerPort").asInt());
  }

  /** The CLI passes on what it does not know, so that the services' definitions judge here. */
  private static void checkClient(Map<String, String> settings) {
    Map<String, String> resolved = ConfigSources.resolve(settings);
    assertThat(resolved.keySet())
        .allSatisfy(key ->
            assertThat(
                    StreamsAppConfig.definition().names().contains(key)
                        || key.startsWith(CommonConfig.KAFKA_PREFIX)
                        || key.startsWith(CommonConfig.REGISTRY_PREFIX))
                .as(key)
                .isTrue());
  }

  /** What goes to a client as it is must be a key of that client. */
  private static void checkKafkaKeys(Map<String, String> settings) {
    Set<String> known = new HashSet<>(ConsumerConfig.configNames());
    known.addAll(ProducerConfig.configNames());
    known.addAll(AdminClientConfig.configNames());
    settings
        .keySet()
        .forEach(key -> {
          if (key.startsWith(CommonConfig.KAFKA_PREFIX)) {
            assertThat(known).contains(key.substring(CommonConfig.KAFKA_PREFIX.length()));
          } else if (key.startsWith("streams.")) {
            String name = key.substring("streams.".length());
            assertThat(
                    StreamsConfig.configDef().names().contains(name)
                        || known.contains(
                            name.replaceFirst("^((main|restore)\\.)?consumer\\.", "")))
                .as(key)
                .isTrue();
          }
        });
  }

  private static Map<String, String> settings(Manifests.PodTemplate pod, Path files)
      throws IOException {
    JsonNode container = pod.containers().getFirst();
    List<String> arguments = new ArrayList<>();
    container.get("args").forEach(argument -> arguments.add(argument.asText()));
    Matcher config = ARGUMENT.matcher(String.join(",", arguments));
    assertThat(config.find()).as("%s names its configuration: %s", pod, arguments).isTrue();
    Path file = Path.of(config.group(1).replace(ROOT, files.toString()));
    Files.writeString(file, Files.readString(file).replace(ROOT, files.toString()));
    Map<String, String> environment = new TreeMap<>();
    container
        .path("env")
        .forEach(variable -> {
          String value = variable.path("value").asText(pod.name() + "-0");
          environment.put(
              variable.get("name").asText(), value.replace("$(POD_NAME)", pod.name() + "-0"));
        });
    return ConfigSources.load(Optional.of(file), environment, Map.of());
  }

  /** Lays out the volumes below a directory. */
  private static void mount(Manifests manifests, Manifests.PodTemplate pod, Path files)
      throws IOException {
    Map<String, Path> targets = new TreeMap<>();
    pod.containers()
        .getFirst()
        .get("volumeMounts")
        .forEach(mount -> {
          String path = mount.get("mountPath").asText();
          if (path.startsWith(ROOT + "/")) {
            targets.put(
                mount.get("name").asText(), files.resolve(path.substring(ROOT.length() + 1)));
          }
        });
    for (JsonNode volume : pod.spec().get("volumes")) {
      Path target = targets.get(volume.get("name").asText());
      if (target == null) {
        continue;
      }
      Files.createDirectories(target);
      for (Map.Entry<String, String> file : content(manifests, volume).entrySet()) {
        Files.writeString(target.resolve(file.getKey()), file.getValue());
      }
    }
  }

  private static Map<String, String> content(Manifests manifests, JsonNode volume) {
    Map<String, String> content = new TreeMap<>();
    if (volume.has("configMap")) {
      JsonNode map = manifests.get("ConfigMap", volume.at("/configMap/name").asText());
      return Manifests.strings(map.get("data"));
    }
    volume
        .at("/projected/sources")
        .forEach(source ->
            source.at("/secret/items").forEach(item -> put(content, item.get("path").asText())));
    volume
        .at("/secret/items")
        .forEach(item -> content.put(item.get("path").asText(), "a-certificate"));
    if (volume.has("csi")) {
      String name = volume.at("/csi/volumeAttributes/secretProviderClass").asText();
      aliases(manifests.get("SecretProviderClass", name)).forEach(alias -> put(content, alias));
    }
    for (JsonNode secret : manifests.ofKind("ExternalSecret")) {
      if (secret.at("/spec/target/name").equals(volume.at("/secret/secretName"))) {
        secret.at("/spec/data").forEach(data -> put(content, data.get("secretKey").asText()));
      }
    }
    return content;
  }

  /** A secret of the form that its key has. */
  private static void put(Map<String, String> content, String key) {
    boolean isKeyed = key.equals(UnsubscribeKeys.KEYS) || key.equals(RecipientHash.KEYS);
    content.put(
        key,
        isKeyed
            ? "1:" + Base64.getEncoder().encodeToString(new byte[UnsubscribeTokens.KEY_BYTES])
            : "a-secret");
  }

  /** The files that a provider of the CSI driver makes of its objects. */
  private static List<String> aliases(JsonNode secretProviderClass) {
    String text = secretProviderClass.at("/spec/parameters/objects").asText();
    List<JsonNode> objects = StrictYaml.documents(text);
    List<String> aliases = new ArrayList<>();
    switch (secretProviderClass.at("/spec/provider").asText()) {
      case "aws" -> {
        // "Name already in use for objectName", says the provider otherwise.
        assertThat(objects)
            .extracting(object -> object.get("objectName").asText())
            .doesNotHaveDuplicates();
        objects.forEach(object -> {
          assertThat(object.get("objectType").asText()).isEqualTo("secretsmanager");
          if (object.has("jmesPath")) {
            object.get("jmesPath").forEach(path -> aliases.add(path.get("objectAlias").asText()));
          } else {
            aliases.add(object.get("objectAlias").asText());
          }
        });
      }
      case "azure" ->
          objects
              .getFirst()
              .get("array")
              .forEach(entry -> {
                JsonNode object = StrictYaml.documents(entry.asText()).getFirst();
                assertThat(object.get("objectType").asText()).isEqualTo("secret");
                aliases.add(object.get("objectAlias").asText());
              });
      default ->
          objects.forEach(object -> {
            assertThat(object.get("secretPath").asText()).isNotEmpty();
            aliases.add(object.get("objectName").asText());
          });
    }
    return aliases;
  }
}
