package io.mailstream.benchmarks;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;

/** What came out: a table for people, JSON for the record. Medians over the rounds. */
final class Report {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final String title;
  private final Map<String, List<Sample>> samples;
  private final UnaryOperator<String> base;

  /**
   * A report.
   *
   * @param base the contender that another is compared with, by its name
   */
  Report(String title, Map<String, List<Sample>> samples, UnaryOperator<String> base) {
    this.title = title;
    this.samples = samples;
    this.base = base;
  }

  /** The table, in Markdown. */
  void print(PrintWriter out) {
    out.printf("%n%s (%s)%n%n", title, Machine.describe());
    List<String> figures = figures();
    out.printf(
        "| | messages a second | of %s | CPU µs a message | of which processes |%s%n",
        bases(), cells(figures, name -> name));
    out.printf("|---|---|---|---|---|%s%n", "---|".repeat(figures.size()));
    samples.forEach((name, runs) ->
        out.printf(
            "| %s | %,.0f (%,.0f–%,.0f) | %.2f | %.0f | %s |%s%n",
            name,
            median(runs, Sample::rate),
            runs.stream().mapToDouble(Sample::rate).min().orElse(0),
            runs.stream().mapToDouble(Sample::rate).max().orElse(0),
            median(runs, Sample::rate) / median(samples.get(base.apply(name)), Sample::rate),
            median(runs, Sample::micros),
            processes(runs),
            cells(figures, figure -> text(figures(runs).get(figure)))));
    out.flush();
  }

  /** The same with every round, as a file. */
  void write(Path file) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put("benchmark", title);
    root.put("machine", Machine.describe());
    root.put("measured_at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    ObjectNode contenders = root.putObject("contenders");
    samples.forEach((name, runs) -> {
      ObjectNode contender = contenders.putObject(name);
      contender.put("compared_with", base.apply(name));
      contender.put("messages_per_second", round(median(runs, Sample::rate)));
      contender.put("cpu_micros_per_message", round(median(runs, Sample::micros)));
      figures(runs).forEach((figure, median) -> contender.put(figure, round(median)));
      var rounds = contender.putArray("rounds");
      for (Sample sample : runs) {
        ObjectNode one = rounds.addObject();
        one.put("messages", sample.messages());
        one.put("seconds", sample.wall().toMillis() / 1e3);
        one.put("machine_cpu_seconds", sample.machine().toMillis() / 1e3);
        ObjectNode processes = one.putObject("process_cpu_seconds");
        sample.cpu().forEach((process, cpu) -> processes.put(process, cpu.toMillis() / 1e3));
        sample.figures().forEach((figure, value) -> one.put(figure, round(value)));
      }
    });
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, JSON.writeValueAsString(root) + "\n");
  }

  /** The names of the further figures, in the order in which they come. */
  private List<String> figures() {
    return samples.values().stream()
        .flatMap(List::stream)
        .flatMap(sample -> sample.figures().keySet().stream())
        .distinct()
        .toList();
  }

  private static String cells(List<String> figures, UnaryOperator<String> text) {
    return figures.stream().map(figure -> " " + text.apply(figure) + " |").collect(joining());
  }

  private static String text(Double value) {
    return value == null ? "" : "%,.1f".formatted(value);
  }

  /** The medians of the further figures, each of those runs that have it. */
  private static Map<String, Double> figures(List<Sample> runs) {
    Map<String, Double> medians = new LinkedHashMap<>();
    for (Sample run : runs) {
      for (String figure : run.figures().keySet()) {
        List<Sample> having =
            runs.stream().filter(other -> other.figures().containsKey(figure)).toList();
        medians.put(figure, median(having, sample -> sample.figures().get(figure)));
      }
    }
    return medians;
  }

  private String bases() {
    List<String> all = samples.keySet().stream().map(base).distinct().toList();
    return all.size() == 1 ? all.getFirst() : "its peer";
  }

  private static String processes(List<Sample> runs) {
    TreeSet<String> names = new TreeSet<>();
    runs.forEach(sample -> names.addAll(sample.cpu().keySet()));
    return String.join(
        ", ",
        names.stream()
            .map(name -> "%s %.0f".formatted(name, median(runs, s -> s.micros(name))))
            .toList());
  }

  private static double median(List<Sample> runs, ToDoubleFunction<Sample> of) {
    double[] sorted = runs.stream().mapToDouble(of).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length == 0
        ? 0
        : sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static double round(double value) {
    return Math.round(value * 10) / 10.0;
  }
}
