package io.mailstream.deployment.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is in the images, read from the tars that the build has just written. */
class ImagesIT {

  private static final Set<String> LABELS =
      Set.of("title", "description", "version", "revision", "created", "licenses", "base.name");
  private static final Pattern SECRET_FILE =
      Pattern.compile(
          "(.*\\.(pem|key|p12|pfx|jks|keystore|kdbx|env)|credentials(\\.\\w+)?|id_[a-z0-9]+|\\.netrc"
              + "|settings\\.xml)",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern TEST_JAR =
      Pattern.compile(
          ".*(junit|assertj|archunit|testcontainers|byte-buddy|mockito|opentest4j|jazzer"
              + "|kafka_2|kafka-streams-test|mailstream-embedded|-tests).*");
  private static final Map<String, ImageTar> READ = new HashMap<>();

  /** The images, and what each may weigh, layers compressed. */
  enum Image {
    STREAMS_APP("streams-app", "io.mailstream.app.StreamsApp", 210),
    WEBHOOK_INGEST("webhook-ingest", "io.mailstream.webhook.WebhookIngestApp", 120),
    CLI("cli", "io.mailstream.cli.Mailstream", 100);

    private final String module;
    private final String mainClass;
    private final int megabytes;

    Image(String module, String mainClass, int megabytes) {
      this.module = module;
      this.mainClass = mainClass;
      this.megabytes = megabytes;
    }

    /** The files that this build puts in; those of a base are its makers' affair. */
    List<ImageTar.Entry> own() throws IOException {
      return tar().contents().values().stream()
          .filter(entry -> entry.path().startsWith("app/") || entry.path().startsWith("opt/java/"))
          .toList();
    }

    ImageTar tar() throws IOException {
      ImageTar tar = READ.get(module);
      if (tar == null) {
        tar = ImageTar.of(module);
        READ.put(module, tar);
      }
      return tar;
    }
  }

  @BeforeAll
  static void imagesAreBuilt() {
    assumeFalse(
        Boolean.getBoolean("mailstream.images.skip"),
        "no images are looked at: -Dquick, or not on Linux");
  }

  @ParameterizedTest
  @EnumSource
  void runsAsANumberedUserThatIsNotRoot(Image image) throws IOException {
    // Kubernetes' runAsNonRoot cannot judge a name.
    assertThat(image.tar().config().get("User").asText()).matches("[1-9]\\d{3,}:[1-9]\\d{3,}");
  }

  @ParameterizedTest
  @EnumSource
  void startsItsProgramWithTheFlagsOfTheLauncher(Image image) throws IOException {
    assertThat(image.tar().entrypoint())
        .startsWith(
            "/opt/java/bin/java",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow")
        .endsWith("-cp", "@/app/jib-classpath-file", image.mainClass);
    assertThat(image.tar().config().path("Cmd").isEmpty()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void hasTheLabelsOfTheImageSpecification(Image image) throws IOException {
    JsonNode labels = image.tar().config().get("Labels");
    for (String label : LABELS) {
      assertThat(labels.path("org.opencontainers.image." + label).asText())
          .as(label)
          .isNotBlank()
          .doesNotContain("${");
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatChangesOftenLiesAboveWhatChangesSeldom(Image image) throws IOException {
    List<List<ImageTar.Entry>> layers = image.tar().layers();
    int java = layerWith(layers, path -> path.equals("opt/java/lib/server/libjvm.so"));
    int libraries = layerWith(layers, path -> path.startsWith("app/libs/kafka-clients-"));
    int modules = layerWith(layers, path -> path.startsWith("app/libs/mailstream-schemas-"));
    int classes =
        layerWith(
            layers,
            path -> path.equals("app/classes/" + image.mainClass.replace('.', '/') + ".class"));
    assertThat(List.of(java, libraries, modules, classes)).isSorted().doesNotHaveDuplicates();
  }

  private static int layerWith(List<List<ImageTar.Entry>> layers, Predicate<String> path) {
    return IntStream.range(0, layers.size())
        .filter(i -> layers.get(i).stream().anyMatch(entry -> path.test(entry.path())))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @EnumSource
  void itsFilesBelongToRootAndNobodyElseMayWriteThem(Image image) throws IOException {
    for (ImageTar.Entry entry : image.own()) {
      assertThat(List.of(entry.uid(), entry.gid())).as(entry.path()).containsOnly(0L);
      boolean isProgram =
          !entry.isFile()
              || entry.path().startsWith("opt/java/bin/")
              || entry.path().equals("opt/java/lib/jspawnhelper");
      assertThat(Integer.toOctalString(entry.mode()))
          .as(entry.path())
          .isEqualTo(isProgram ? "755" : "644");
    }
  }

  /** Two builds of the same sources with the same JDK are the same bytes only without a clock. */
  @ParameterizedTest
  @EnumSource
  void noFileTellsWhenItWasBuilt(Image image) throws IOException {
    assertThat(
            image.own().stream()
                .map(ImageTar.Entry::modified)
                .distinct()
                .filter(time -> time.isAfter(Instant.ofEpochSecond(1))))
        .isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void hasNoSecret(Image image) throws IOException {
    for (ImageTar.Entry entry : image.own()) {
      String name = entry.path().substring(entry.path().lastIndexOf('/') + 1);
      assertThat(name).as(entry.path()).doesNotMatch(SECRET_FILE);
      if (entry.path().startsWith("app/") && !name.endsWith(".jar")) {
        assertThat(new String(entry.content(), StandardCharsets.ISO_8859_1))
            .as(entry.path())
            .doesNotContain("PRIVATE KEY-----");
      }
    }
    assertThat(image.tar().environment().keySet())
        .containsExactlyInAnyOrder("PATH", "JAVA_HOME", "LANG");
  }

  @ParameterizedTest
  @EnumSource
  void hasNothingOfTheTests(Image image) throws IOException {
    for (String path : image.tar().contents().keySet()) {
      assertThat(path).doesNotMatch(TEST_JAR).doesNotMatch(".*(Test|IT)\\.class");
    }
  }

  @ParameterizedTest
  @EnumSource
  void itsBillOfMaterialsNamesEveryJar(Image image) throws IOException {
    Map<String, ImageTar.Entry> contents = image.tar().contents();
    JsonNode sbom = new ObjectMapper().readTree(contents.get("app/sbom.cdx.json").content());
    assertThat(sbom.get("bomFormat").asText()).isEqualTo("CycloneDX");
    assertThat(sbom.at("/metadata/component/name").asText())
        .isEqualTo("mailstream-" + image.module);
    Set<String> listed =
        sbom.findParents("purl").stream()
            .map(component ->
                component.get("name").asText() + "-" + component.get("version").asText())
            .collect(Collectors.toSet());
    for (String path : contents.keySet()) {
      if (path.startsWith("app/libs/") && path.endsWith(".jar")) {
        String jar = path.substring("app/libs/".length(), path.length() - ".jar".length());
        assertThat(listed)
            .as(path)
            .anyMatch(name -> jar.equals(name) || jar.startsWith(name + "-"));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void isSmall(Image image) throws IOException {
    assertThat(image.tar().size() / 1_000_000).as("MB").isLessThan(image.megabytes);
  }

  @ParameterizedTest
  @EnumSource
  void standsOnTheBaseThatAllShare(Image image) throws IOException {
    List<String> base = ImageTar.of("image-base").layerNames();
    assertThat(base).isNotEmpty();
    assertThat(image.tar().layerNames()).startsWith(base.toArray(String[]::new));
  }
}
