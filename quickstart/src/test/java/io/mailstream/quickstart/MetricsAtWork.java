package io.mailstream.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The metrics of a running pipeline: as docs/metrics.md says, and their sums hold. */
final class MetricsAtWork {

  private static final Pattern SAMPLE = Pattern.compile("(\\w+)(?:\\{(.*)})? (\\S+)");
  private static final Duration WITHIN = Duration.ofSeconds(20);

  private final LocalSystem system;

  MetricsAtWork(LocalSystem system) {
    this.system = system;
  }

  /** One side of each sum of the page, and the other. */
  private record Sum(String what, double left, double right) {}

  void areAsDocumented() throws Exception {
    assertThat(DocumentedMetrics.read().differences(scrape())).isEmpty();
  }

  /** What nothing is in flight of adds up; all began to count together, with nothing held. */
  void addUp() throws Exception {
    long deadline = System.nanoTime() + WITHIN.toNanos();
    Map<String, Sum> sums = sums(scrape());
    while (!sums.values().stream().allMatch(MetricsAtWork::holds)) {
      if (System.nanoTime() > deadline) {
        assertThat(sums.values()).allMatch(MetricsAtWork::holds);
      }
      TimeUnit.MILLISECONDS.sleep(100);
      sums = sums(scrape());
    }
    assertThat(sums.get("accepted").left()).isGreaterThan(50);
  }

  private static boolean holds(Sum sum) {
    return Math.abs(sum.left() - sum.right()) < 0.5;
  }

  private static Map<String, Sum> sums(String scrape) {
    Map<String, Double> samples = new TreeMap<>();
    for (String line : scrape.lines().toList()) {
      Matcher sample = SAMPLE.matcher(line);
      if (sample.matches()) {
        samples.put(line.substring(0, sample.end(1)) + "{" + sample.group(2), number(sample));
      }
    }
    double accepted = sum(samples, "mailstream_deliveries_accepted_total");
    double returned = sum(samples, "mailstream_deliveries_returned_total");
    double ended = sum(samples, "mailstream_deliveries_ended_total");
    double dispatched = sum(samples, "mailstream_deliveries_dispatched_total");
    double held = sum(samples, "mailstream_hold_deliveries");
    String outcomes = "mailstream_sender_outcomes_total";
    Predicate<String> isReturn =
        labels -> labels.matches(".*kind=\"(retry|account_parked|not_started|uncertain)\".*");
    Map<String, Sum> sums = new TreeMap<>();
    add(sums, "accepted", accepted, ended + sum(samples, outcomes, isReturn.negate()) + held);
    add(sums, "accepted and returned", accepted + returned, ended + dispatched + held);
    add(sums, "dispatched", dispatched, sum(samples, outcomes));
    add(sums, "by stream", dispatched, sum(samples, "mailstream_sender_stream_outcomes_total"));
    add(sums, "by domain", dispatched, sum(samples, "mailstream_sender_domain_outcomes_total"));
    add(sums, "returned", returned, sum(samples, outcomes, isReturn));
    add(
        sums,
        "held",
        held,
        sum(samples, "mailstream_hold_entered_total")
            - sum(samples, "mailstream_hold_released_total"));
    add(
        sums,
        "checked",
        sum(samples, "mailstream_deduplicate_passed_total"),
        sum(samples, "mailstream_suppress_deliveries_total"));
    return sums;
  }

  private static void add(Map<String, Sum> sums, String what, double left, double right) {
    sums.put(what, new Sum(what, left, right));
  }

  private static double number(Matcher sample) {
    return sample.group(3).equals("+Inf")
        ? Double.POSITIVE_INFINITY
        : Double.parseDouble(sample.group(3));
  }

  private static double sum(Map<String, Double> samples, String metric) {
    return sum(samples, metric, labels -> true);
  }

  private static double sum(
      Map<String, Double> samples, String metric, Predicate<String> ofLabels) {
    return samples.entrySet().stream()
        .filter(sample -> sample.getKey().startsWith(metric + "{"))
        .filter(sample -> ofLabels.test(sample.getKey()))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  private String scrape() throws IOException, InterruptedException {
    return get(system.apiUrl()) + get(system.webhooksUrl());
  }

  private static String get(String url) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(URI.create(url + "/metrics")).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }
}
