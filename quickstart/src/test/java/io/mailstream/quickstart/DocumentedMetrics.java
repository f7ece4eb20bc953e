package io.mailstream.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The tables of docs/metrics.md, and what a scrape says that differs from them. */
final class DocumentedMetrics {

  static final Path PAGE = Path.of("../docs/metrics.md");

  private static final Pattern ROW =
      Pattern.compile("\\| `([a-z_0-9]+)` \\| (\\w+) \\| ([a-z_, ]*) ?\\| (.+) \\|");
  private static final Pattern TYPE = Pattern.compile("# TYPE (\\w+) (\\w+)");
  private static final Pattern SAMPLE = Pattern.compile("(\\w+)(?:\\{(.*)})? \\S+");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"(?:[^\"\\\\]|\\\\.)*\"");
  private static final Set<String> UNTOLD = Set.of("service", "le", "quantile");
  private static final List<String> PARTS = List.of("_bucket", "_count", "_sum", "_max");

  /**
   * One metric.
   *
   * @param isAlways whether each pipeline has it from the start
   */
  record Metric(String name, String type, Set<String> labels, boolean isAlways) {}

  private final Map<String, Metric> metrics = new TreeMap<>();

  static DocumentedMetrics read() throws IOException {
    DocumentedMetrics documented = new DocumentedMetrics();
    for (String line : Files.readAllLines(PAGE)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        Set<String> labels =
            Arrays.stream(row.group(3).split(","))
                .map(String::strip)
                .filter(label -> !label.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
        documented.metrics.put(
            row.group(1),
            new Metric(row.group(1), row.group(2), labels, !row.group(4).contains("Only ")));
      } else if (line.startsWith("| `")) {
        throw new IllegalStateException("not understood in " + PAGE + ": " + line);
      }
    }
    return documented;
  }

  Set<String> names() {
    return metrics.keySet();
  }

  /** Whether a name of a query is a documented metric, or a part of one. */
  boolean has(String name) {
    return metrics.containsKey(family(name));
  }

  /** What differs between a scrape of all services and the page, in sentences. */
  List<String> differences(String scrape) {
    Map<String, String> types = new TreeMap<>();
    Map<String, Set<String>> labels = new TreeMap<>();
    for (String line : scrape.lines().toList()) {
      Matcher type = TYPE.matcher(line);
      Matcher sample = SAMPLE.matcher(line);
      if (type.matches()) {
        types.putIfAbsent(family(type.group(1)), type.group(2));
      } else if (!line.startsWith("#") && sample.matches()) {
        Set<String> seen = labels.computeIfAbsent(family(sample.group(1)), n -> new TreeSet<>());
        if (sample.group(2) != null) {
          LABEL.matcher(sample.group(2)).results().map(label -> label.group(1)).forEach(seen::add);
          seen.removeAll(UNTOLD);
        }
      }
    }
    List<String> differences = new ArrayList<>();
    types.forEach((name, type) -> {
      Metric metric = metrics.get(name);
      if (metric == null && name.startsWith("mailstream_")) {
        differences.add("%s is served, and not in %s".formatted(name, PAGE));
      } else if (metric != null && !metric.type().equals(type)) {
        differences.add("%s is a %s, not a %s".formatted(name, type, metric.type()));
      } else if (metric != null && !metric.labels().equals(labels.get(name))) {
        differences.add(
            "%s has the labels %s, not %s".formatted(name, labels.get(name), metric.labels()));
      }
    });
    metrics.values().stream()
        .filter(metric -> metric.isAlways() && !types.containsKey(metric.name()))
        .forEach(metric ->
            differences.add("%s is in %s, and not served".formatted(metric.name(), PAGE)));
    return differences;
  }

  private String family(String name) {
    for (String part : PARTS) {
      if (name.endsWith(part) && !metrics.containsKey(name)) {
        return name.substring(0, name.length() - part.length());
      }
    }
    return name;
  }
}
