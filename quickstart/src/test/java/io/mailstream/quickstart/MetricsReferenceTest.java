package io.mailstream.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * docs/metrics.md names every metric of ours in the sources, and no other. What each is at work,
 * {@link QuickstartIT} looks at.
 */
class MetricsReferenceTest {

  private static final Pattern METER =
      Pattern.compile(
          "(?:builder|counter|gauge|CappedCounters|\\bgauge)\\(\\s*(?:\\w+,\\s*)?"
              + "\"(mailstream(?:\\.[a-z]+)+)\"");
  private static final List<String> UNITS = List.of("_total", "_seconds", "_bytes", "");

  @Test
  void everyMeterOfTheSourcesIsDocumentedAndNoOther() throws IOException {
    Set<String> meters = meters();
    Set<String> documented =
        DocumentedMetrics.read().names().stream()
            .filter(name -> name.startsWith("mailstream_"))
            .collect(Collectors.toSet());

    assertThat(meters).hasSizeGreaterThan(40);
    assertThat(meters).allSatisfy(meter -> assertThat(documented).anyMatch(n -> is(n, meter)));
    assertThat(documented).allSatisfy(name -> assertThat(meters).anyMatch(m -> is(name, m)));
  }

  private static boolean is(String name, String meter) {
    return UNITS.stream().anyMatch(unit -> name.equals(meter.replace('.', '_') + unit));
  }

  private static Set<String> meters() throws IOException {
    Set<String> meters = new TreeSet<>();
    for (String module : List.of("runtime", "streams-app", "webhook-ingest")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .forEach(file ->
                METER.matcher(read(file)).results().forEach(found -> meters.add(found.group(1))));
      }
    }
    return meters;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
