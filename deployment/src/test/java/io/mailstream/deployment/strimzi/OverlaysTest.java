package io.mailstream.deployment.strimzi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.deployment.kustomize.Manifests;
import io.mailstream.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each overlay of strimzi/ is free of faults and agrees with itself and with the code. */
class OverlaysTest {

  private static final String MIN_ISR = "min.insync.replicas";

  static List<Overlay> overlays() {
    return Overlay.all();
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void noObjectHasAFault(Overlay overlay) {
    for (JsonNode object : overlay.built().objects()) {
      assertThat(StrimziObjects.faults(object))
          .as("%s %s", object.path("kind").asText(), Overlay.nameOf(object))
          .isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void noTwoObjectsHaveOneNameAndAllLieInOneNamespace(Overlay overlay) {
    Set<String> names = new HashSet<>();
    for (JsonNode object : overlay.built().objects()) {
      String name = object.path("kind").asText() + "/" + Overlay.nameOf(object);
      assertThat(names.add(name)).as(name).isTrue();
      assertThat(object.at("/metadata/namespace").asText()).as(name).isEqualTo("mailstream");
    }
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void allBelongsToTheOneCluster(Overlay overlay) {
    assertThat(overlay.built().objects("Kafka")).hasSize(1);
    String cluster = Overlay.nameOf(overlay.kafka());
    for (String kind : List.of("KafkaNodePool", "KafkaTopic", "KafkaUser")) {
      assertThat(overlay.built().objects(kind))
          .isNotEmpty()
          .allSatisfy(object ->
              assertThat(object.at("/metadata/labels/strimzi.io~1cluster").asText())
                  .as(Overlay.nameOf(object))
                  .isEqualTo(cluster));
    }
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void theTopicsAreThoseOfTheCode(Overlay overlay) {
    Map<String, Map<String, String>> wanted = new TreeMap<>();
    Topics topics = Topics.withDefaultPrefix();
    topics.all().forEach(spec -> wanted.put(spec.name(), spec.config()));
    if (overlay.takesMailgun()) {
      wanted.put(topics.webhookNonces().name(), topics.webhookNonces().config());
    }
    Map<String, Map<String, String>> found = new TreeMap<>();
    ours(overlay).forEach(topic -> found.put(Overlay.nameOf(topic), settings(topic)));
    found.values().forEach(settings -> settings.remove(MIN_ISR));
    assertThat(found).isEqualTo(wanted);
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void ourTopicsHaveOnePartitionCount(Overlay overlay) {
    assertThat(
            ours(overlay).stream()
                .map(topic -> topic.at("/spec/partitions").intValue())
                .collect(Collectors.toSet()))
        .hasSize(1)
        .allMatch(count -> count > 0);
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void thereAreBrokersForEveryCopy(Overlay overlay) {
    int brokers = overlay.nodes("broker");
    JsonNode config = overlay.kafka().at("/spec/kafka/config");
    Stream.of(
            "default.replication.factor",
            "offsets.topic.replication.factor",
            "transaction.state.log.replication.factor",
            "share.coordinator.state.topic.replication.factor")
        .forEach(name -> assertThat(config.path(name).intValue()).as(name).isBetween(1, brokers));
    for (JsonNode topic : overlay.built().objects("KafkaTopic")) {
      int copies = topic.at("/spec/replicas").intValue();
      int inSync = Integer.parseInt(settings(topic).get(MIN_ISR));
      assertThat(copies).as(Overlay.nameOf(topic)).isBetween(1, brokers);
      assertThat(inSync).as(Overlay.nameOf(topic)).isBetween(1, copies);
    }
    assertThat(overlay.nodes("controller") % 2).as("an odd number of controllers").isEqualTo(1);
  }

  @Test
  void whereMailMattersTwoCopiesAreWrittenAndOneBrokerMayBeLost() {
    for (String name : List.of("staging", "production")) {
      Overlay overlay = Overlay.of(name);
      JsonNode config = overlay.kafka().at("/spec/kafka/config");
      assertThat(config.path("default.replication.factor").intValue()).isEqualTo(3);
      assertThat(config.path(MIN_ISR).intValue()).isEqualTo(2);
      assertThat(config.path("transaction.state.log.min.isr").intValue()).isEqualTo(2);
      assertThat(overlay.built().objects("KafkaTopic"))
          .allSatisfy(topic -> {
            assertThat(topic.at("/spec/replicas").intValue()).isEqualTo(3);
            assertThat(settings(topic)).containsEntry(MIN_ISR, "2");
          });
      assertThat(overlay.built().objects("KafkaNodePool"))
          .as("controllers and brokers are apart")
          .allSatisfy(pool -> assertThat(pool.at("/spec/roles")).hasSize(1));
      assertThat(overlay.kafka().at("/spec/kafka/rack/topologyKey").asText())
          .isEqualTo("topology.kubernetes.io/zone");
    }
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void nobodyGetsInWithoutTlsAPasswordAndAnAcl(Overlay overlay) {
    JsonNode kafka = overlay.kafka().at("/spec/kafka");
    assertThat(kafka.path("authorization").path("type").asText()).isEqualTo("simple");
    assertThat(kafka.path("authorization").has("superUsers")).isFalse();
    assertThat(kafka.path("config").path("auto.create.topics.enable").booleanValue()).isFalse();
    assertThat(kafka.path("listeners"))
        .allSatisfy(listener -> {
          assertThat(listener.path("tls").booleanValue()).isTrue();
          assertThat(listener.at("/authentication/type").asText()).isEqualTo("scram-sha-512");
        });
    assertThat(overlay.built().objects("KafkaUser"))
        .allSatisfy(user ->
            assertThat(user.at("/spec/authentication/type").asText()).isEqualTo("scram-sha-512"));
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void theRegistryFindsTheClusterItsUserAndItsTopics(Overlay overlay) {
    JsonNode registry =
        overlay.built().objects("Deployment").getFirst().at("/spec/template/spec/containers/0");
    Map<String, JsonNode> env = new TreeMap<>();
    registry.path("env").forEach(variable -> env.put(variable.path("name").asText(), variable));
    String cluster = Overlay.nameOf(overlay.kafka());
    assertThat(env.get("APICURIO_KAFKASQL_BOOTSTRAP_SERVERS").path("value").asText())
        .isEqualTo(
            "%s-kafka-bootstrap:%d"
                .formatted(cluster, overlay.kafka().at("/spec/kafka/listeners/0/port").intValue()));
    assertThat(names(overlay, "KafkaUser"))
        .contains(
            env.get("APICURIO_KAFKA_COMMON_SASL_JAAS_CONFIG")
                .at("/valueFrom/secretKeyRef/name")
                .asText());
    assertThat(names(overlay, "KafkaTopic"))
        .contains(
            env.get("APICURIO_KAFKASQL_TOPIC").path("value").asText(),
            env.get("APICURIO_KAFKASQL_SNAPSHOTS_TOPIC").path("value").asText(),
            env.get("APICURIO_EVENTS_KAFKA_TOPIC").path("value").asText());
    assertThat(
            overlay
                .built()
                .objects("Deployment")
                .getFirst()
                .at("/spec/template/spec/volumes/0/secret/secretName")
                .asText())
        .isEqualTo(cluster + "-cluster-ca-cert");
  }

  /** With Mailgun the ingester needs one topic more, and without it may touch none more. */
  @Test
  void onlyWhoTakesMailgunsCallbacksHasTheirTopic() {
    String topic = Topics.withDefaultPrefix().webhookNonces().name();
    assertThat(Overlay.of("dev").takesMailgun()).isTrue();
    assertThat(Overlay.of("production").takesMailgun()).isFalse();
    for (Overlay overlay : Overlay.all()) {
      boolean isThere = names(overlay, "KafkaTopic").contains(topic);
      boolean isGranted =
          overlay.built().objects("KafkaUser").stream()
              .anyMatch(user -> user.at("/spec/authorization/acls").toString().contains(topic));
      assertThat(isThere).as(overlay.toString()).isEqualTo(overlay.takesMailgun());
      assertThat(isGranted).as(overlay.toString()).isEqualTo(overlay.takesMailgun());
    }
  }

  /** At the edge: without links the ingester may not touch the list itself. */
  @Test
  void onlyWhoHasUnsubscribeLinksLetsTheIngesterWriteCommands() {
    String topic = Topics.withDefaultPrefix().suppressionCommands();
    assertThat(Overlay.of("dev").takesUnsubscribes()).isTrue();
    assertThat(Overlay.of("production").takesUnsubscribes()).isFalse();
    for (Overlay overlay : Overlay.all()) {
      boolean isGranted =
          overlay.built().objects("KafkaUser").stream()
              .filter(user -> Overlay.nameOf(user).equals("mailstream-webhook-ingest"))
              .anyMatch(user -> user.at("/spec/authorization/acls").toString().contains(topic));
      assertThat(isGranted).as(overlay.toString()).isEqualTo(overlay.takesUnsubscribes());
    }
  }

  @Test
  void everyFileBelongsToAnOverlay() throws IOException {
    Set<Path> used =
        Overlay.all().stream()
            .flatMap(overlay -> overlay.built().files().stream())
            .collect(Collectors.toSet());
    try (Stream<Path> files = Files.walk(Overlay.STRIMZI)) {
      assertThat(files.filter(Files::isRegularFile).filter(file -> !used.contains(file))).isEmpty();
    }
  }

  @Test
  void theChartLooksForWhatIsHere() throws IOException {
    Path chart = Manifests.projectRoot().resolve("helm/mailstream/values.yaml");
    Overlay overlay = Overlay.of("production");
    JsonNode values = Manifests.parse(Files.readString(chart)).getFirst();
    String cluster = Overlay.nameOf(overlay.kafka());
    JsonNode listener = overlay.kafka().at("/spec/kafka/listeners/0");
    assertThat(Overlay.words(values.at("/kafka/bootstrapServers")))
        .containsExactly(
            "%s-kafka-bootstrap:%d".formatted(cluster, listener.path("port").intValue()));
    assertThat(values.at("/kafka/protocol").asText()).isEqualTo("SASL_SSL");
    assertThat(values.at("/kafka/saslMechanism").asText()).isEqualTo("SCRAM-SHA-512");
    assertThat(values.at("/kafka/ca/secretName").asText()).isEqualTo(cluster + "-cluster-ca-cert");
    assertThat(values.at("/schemaRegistry/url").asText())
        .isEqualTo(
            "http://%s:8080/apis/ccompat/v7"
                .formatted(Overlay.nameOf(overlay.built().objects("Service").getFirst())));
    assertThat(
            values.findValues("kafka.sasl.jaas.config").stream()
                .map(secret -> secret.path("name").asText())
                .collect(Collectors.toSet()))
        .isNotEmpty()
        .isSubsetOf(names(overlay, "KafkaUser"));
  }

  @Test
  void atMostSixCommandsInstallWhatIsHere() throws IOException {
    Overlay overlay = Overlay.of("dev");
    String page = Files.readString(Manifests.projectRoot().resolve("docs/deploy/strimzi.md"));
    List<String> commands = page.split("```", -1)[1].strip().lines().toList();
    assertThat(commands)
        .hasSizeLessThanOrEqualTo(6)
        .contains(
            "kubectl create namespace " + namespace(overlay.kafka()),
            "kubectl apply -k strimzi/overlays/" + overlay,
            "kubectl -n %s wait kafka/%s --for=condition=Ready --timeout=15m"
                .formatted(namespace(overlay.kafka()), Overlay.nameOf(overlay.kafka())));
  }

  private static String namespace(JsonNode object) {
    return object.at("/metadata/namespace").asText();
  }

  private static List<JsonNode> ours(Overlay overlay) {
    return overlay.built().objects("KafkaTopic").stream()
        .filter(topic -> Overlay.nameOf(topic).startsWith(Topics.DEFAULT_PREFIX))
        .toList();
  }

  private static Set<String> names(Overlay overlay, String kind) {
    return overlay.built().objects(kind).stream().map(Overlay::nameOf).collect(Collectors.toSet());
  }

  private static Map<String, String> settings(JsonNode topic) {
    Map<String, String> settings = new TreeMap<>();
    topic
        .at("/spec/config")
        .properties()
        .forEach(entry -> settings.put(entry.getKey(), entry.getValue().asText()));
    return settings;
  }
}
