package io.mailstream.benchmarks.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mailstream.benchmarks.Machine;
import io.mailstream.benchmarks.faults.history.History;
import io.mailstream.benchmarks.faults.history.History.Sent;
import io.mailstream.benchmarks.faults.history.History.Status;
import io.mailstream.benchmarks.faults.history.History.Why;
import io.mailstream.benchmarks.faults.history.Violation;
import io.mailstream.benchmarks.faults.history.Violation.Kind;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What came of a run: a table for people, JSON for the record. */
record FaultsReport(
    FaultsRun.Options options,
    Times times,
    Hurts hurts,
    Broker broker,
    Counted counted,
    History history,
    List<Violation> violations) {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private static final int SHOWN = 20;

  /**
   * When what was over.
   *
   * @param loaded when all requests were accepted
   */
  record Times(Instant begun, Instant loaded, Instant ended) {}

  /**
   * What went wrong, as it was told to.
   *
   * @param over whether all faults were made
   * @param stood why it did not come to its end; empty: it did
   * @param where where it stood then
   */
  record Hurts(Map<String, Integer> counts, boolean over, String stood, List<String> where) {
    boolean drained() {
      return stood.isEmpty();
    }
  }

  /**
   * What the broker did wrong by itself.
   *
   * @param hanging transactions without an end, which were aborted as the runbook says
   * @param wentBack committed offsets that went back
   * @param read whether all topics could be read to their ends
   */
  record Broker(List<Cluster.Hanging> hanging, List<Cluster.WentBack> wentBack, boolean read) {}

  /**
   * What was counted.
   *
   * @param requests requests that Kafka acknowledged
   * @param recipients their recipients
   * @param unknown deliveries of which it is not known whether Kafka has them
   * @param statuses results by status
   * @param lagMillis the longest from a suppression's decision until it was seen to be committed
   * @param uncertainBound how many sends may have been left uncertain
   */
  record Counted(
      int requests,
      int recipients,
      int unknown,
      Map<Status, Long> statuses,
      long lagMillis,
      int uncertainBound) {}

  /** Whether all promises were kept, and all that was planned was done. */
  boolean isClean() {
    return violations.isEmpty() && hurts.over() && hurts.drained() && broker.read();
  }

  private long count(Kind kind) {
    return violations.stream().filter(violation -> violation.kind() == kind).count();
  }

  private long handedBack(Why why) {
    return history.handedBack().stream().filter(back -> back.why() == why).count();
  }

  private Map<String, Long> figures() {
    Map<String, Long> figures = new LinkedHashMap<>();
    figures.put("requests accepted", (long) counted.requests());
    figures.put("recipients", (long) counted.recipients());
    for (Status status : Status.values()) {
      figures.put("results " + status, counted.statuses().getOrDefault(status, 0L));
    }
    figures.put("sends that the ESP took", (long) history.sent().size());
    figures.put(
        "of them unanswered", history.sent().stream().filter(sent -> !sent.answered()).count());
    figures.put(
        "deliveries sent again, labelled and asked for",
        history.sent().size()
            - history.sent().stream().map(Sent::delivery).distinct().count()
            - extraViolations());
    figures.put("suppressions", (long) history.suppressed().size());
    figures.put("sends left uncertain", handedBack(Why.LEFT_UNCERTAIN));
    figures.put("bound on those", (long) counted.uncertainBound());
    figures.put("calls of unknown outcome", handedBack(Why.CALL_UNCERTAIN));
    hurts.counts().forEach((what, times) -> figures.put(what, (long) times));
    figures.put("held at the end", (long) history.held().size());
    figures.put("hanging transactions of the broker, aborted", (long) broker.hanging().size());
    figures.put("committed offsets that the broker forgot", (long) broker.wentBack().size());
    for (Kind kind : Kind.values()) {
      figures.put(kind.name().replace('_', ' '), count(kind));
    }
    return figures;
  }

  /** Extra sends that are violations. */
  private long extraViolations() {
    return count(Kind.DOUBLED) + count(Kind.UNLABELLED);
  }

  /** The table, in Markdown, and the first violations. */
  void print(PrintWriter out) {
    out.printf("%nFaults, seed %d (%s)%n%n", options.seed(), Machine.describe());
    out.println("| | |");
    out.println("|---|---|");
    out.printf(
        "| seconds: load, all | %d, %d |%n",
        Duration.between(times.begun(), times.loaded()).toSeconds(),
        Duration.between(times.begun(), times.ended()).toSeconds());
    figures().forEach((what, value) -> out.printf("| %s | %,d |%n", what, value));
    out.println();
    violations.stream()
        .limit(SHOWN)
        .forEach(violation ->
            out.printf("%s %s: %s%n", violation.kind(), violation.what(), violation.evidence()));
    if (!hurts.over()) {
      out.println("not all faults were made");
    }
    hurts.where().forEach(out::println);
    if (!broker.read()) {
      out.println("not all topics could be read to their ends");
    }
    out.flush();
  }

  private static JsonNode texts(List<?> all) {
    return JSON.valueToTree(all.stream().map(Object::toString).toList());
  }

  /** The same as JSON, with all violations. */
  void write(Path file) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put("benchmark", "faults");
    root.put("machine", Machine.describe());
    root.put("begun_at", times.begun().truncatedTo(ChronoUnit.SECONDS).toString());
    root.put("loaded_at", times.loaded().truncatedTo(ChronoUnit.SECONDS).toString());
    root.put("ended_at", times.ended().truncatedTo(ChronoUnit.SECONDS).toString());
    ObjectNode asked = root.putObject("asked_for");
    asked.put("seed", options.seed());
    asked.put("requests", options.requests());
    asked.put("rate", options.rate());
    asked.set("faults", JSON.valueToTree(options.counts()));
    asked.put("evidence_seconds", options.evidence().toSeconds());
    asked.put("session_seconds", options.lengths().session().toSeconds());
    asked.put("registry_outage_seconds", options.lengths().outage().toSeconds());
    root.put("all_faults_made", hurts.over());
    root.put("drained", hurts.drained());
    root.set("stood_still", JSON.valueToTree(hurts.where()));
    root.set("hanging_transactions", texts(broker.hanging()));
    root.set("committed_offsets_gone_back", texts(broker.wentBack()));
    root.put("topics_read_to_their_ends", broker.read());
    root.put("unknown_deliveries", counted.unknown());
    root.put("suppression_seen_after_at_most_ms", counted.lagMillis());
    ObjectNode figures = root.putObject("figures");
    figures().forEach(figures::put);
    root.set("violations", JSON.valueToTree(violations));
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, JSON.writeValueAsString(root) + "\n");
  }
}
