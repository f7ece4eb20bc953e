package io.mailstream.deployment.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import io.mailstream.deployment.StrictYaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The chart in helm/mailstream, rendered and linted by Helm itself, without a cluster. */
final class Chart {

  static final Path DIRECTORY = Path.of("..", "helm", "mailstream").toAbsolutePath().normalize();
  static final String RELEASE = "mailstream";
  static final String NAMESPACE = "mail";

  private static final String KUBERNETES = "1.33.0";

  /** Helm as a library leaves hooks out of what it renders: here they are objects like others. */
  private static final Path WITH_HOOKS = withoutHookAnnotations();

  private static final Map<Path, List<JsonNode>> RENDERED = new ConcurrentHashMap<>();

  private Chart() {}

  /** The files of example values, by name; the first is the chart's own. */
  static List<Path> examples() {
    try (Stream<Path> files = Files.list(DIRECTORY.resolve("examples"))) {
      return Stream.concat(Stream.of(DIRECTORY.resolve("values.yaml")), files.sorted()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An example by its name without {@code .yaml}. */
  static Path example(String name) {
    return DIRECTORY.resolve("examples").resolve(name + ".yaml");
  }

  /** The manifests that the chart makes of a file of values, hooks included. */
  static String render(Path values) {
    return render(values, Map.of());
  }

  /** The same, with single values on top, by their paths. */
  static String render(Path values, Map<String, Object> more) {
    TemplateCommand template =
        new Helm(WITH_HOOKS)
            .template()
            .withName(RELEASE)
            .withNamespace(NAMESPACE)
            .withKubeVersion(KUBERNETES)
            .withValuesFile(values);
    more.forEach(template::set);
    return template.call();
  }

  /** What the chart makes of values that are given as YAML, on top of the chart's own. */
  static String renderYaml(String values) {
    try {
      Path file = Files.createTempFile("values", ".yaml");
      try {
        Files.writeString(file, values);
        return render(file);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The objects of an example, rendered once for all tests; copy one before changing it. */
  static List<JsonNode> objects(Path values) {
    return RENDERED.computeIfAbsent(values, file -> objects(file, Map.of()));
  }

  static List<JsonNode> objects(Path values, Map<String, Object> more) {
    return StrictYaml.documents(render(values, more));
  }

  private static Path withoutHookAnnotations() {
    try (Stream<Path> files = Files.walk(DIRECTORY)) {
      Path copy = Files.createDirectories(Path.of("target", "chart").toAbsolutePath());
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = copy.resolve(DIRECTORY.relativize(file));
        Files.createDirectories(target.getParent());
        Files.writeString(
            target, Files.readString(file).replace("helm.sh/hook: test", "test/hook: test"));
      }
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static LintResult lint() {
    return new Helm(DIRECTORY).lint().strict().call();
  }
}
