package io.mailstream.benchmarks;

import io.mailstream.schemas.Topics;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Requests a second of the query API, by which half of the addresses are suppressed, beside the
 * same HTTP server with an answer of the same size that is always the same.
 */
final class QueriesBenchmark {

  static final int CONNECTIONS = 16;

  private static final int MANY = 1000;

  /** A check of a thousand is some hundred times the work of a look-up. */
  private static final int LOOK_UPS_A_CHECK = 50;

  private static final String ONE = "one address";
  private static final String CHECK = "1,000 addresses at once";
  private static final String CONSTANT = "constant answer, ";
  private static final String API = "query API, ";
  private static final byte[] NO_BODY = new byte[0];

  private static final String POLICIES =
      """
      accounts: {main: {provider: ses}}
      tenants: {bench: {from_domains: [sender.example], streams: {mail: {}}}}
      """;

  private final Rounds rounds;
  private final int suppressions;
  private final PrintWriter out;

  QueriesBenchmark(Rounds rounds, int suppressions, PrintWriter out) {
    this.rounds = rounds;
    this.suppressions = suppressions;
    this.out = out;
  }

  /** The constant that a contender is compared with. */
  static String peer(String contender) {
    return contender.replace(API, CONSTANT);
  }

  Map<String, List<Sample>> run(Path directory) throws Exception {
    try (Lab lab = Lab.start(directory)) {
      Topics topics = lab.topics("queries.");
      int port = Lab.freePort();
      try (Part topology =
              lab.streamsApp(
                  "queries",
                  topics,
                  "topology",
                  POLICIES,
                  Map.of("http.port", String.valueOf(port)));
          HttpLoad api = HttpLoad.connect(port, CONNECTIONS)) {
        SuppressionList.fill(lab, topics, suppressions);
        Path one = Files.write(directory.resolve("one.json"), api.once(lookUp(0)));
        Path many = Files.write(directory.resolve("many.json"), api.once(check(0)));
        try (Part constant =
                Part.java(
                    "constant",
                    directory,
                    "768m",
                    ConstantPart.class.getName(),
                    one.toString(),
                    many.toString());
            HttpLoad peer =
                HttpLoad.connect(Integer.parseInt(constant.awaitReady()), CONNECTIONS)) {
          Map<String, Part> ours = Map.of("server", topology, "broker", lab.broker());
          Map<String, Part> theirs = Map.of("server", constant);
          return rounds.run(
              List.of(
                  new LookUps(CONSTANT + ONE, peer, theirs),
                  new LookUps(API + ONE, api, ours),
                  new Checks(CONSTANT + CHECK, peer, theirs),
                  new Checks(API + CHECK, api, ours)),
              out);
        }
      }
    }
  }

  private byte[] lookUp(int number) {
    return HttpLoad.request("GET", "/v1/suppressions/" + address(number), "", NO_BODY);
  }

  private byte[] check(int number) {
    String addresses =
        IntStream.range(0, MANY)
            .mapToObj(i -> address(number * MANY + i))
            .collect(Collectors.joining("\",\"", "\"", "\""));
    return HttpLoad.request(
        "POST",
        "/v1/suppressions/check",
        "Content-Type: application/json\r\n",
        "{\"addresses\":[%s]}".formatted(addresses).getBytes(StandardCharsets.UTF_8));
  }

  /** Every other one is on the list. Scattered, so that not all are in a cache. */
  private String address(int number) {
    int scattered = (int) (number * 7_919L % suppressions);
    return number % 2 == 0
        ? SuppressionList.address(scattered)
        : "somebody%d@example.org".formatted(scattered);
  }

  private final class LookUps implements Contender {
    private final String name;
    private final HttpLoad load;
    private final Map<String, Part> parts;

    LookUps(String name, HttpLoad load, Map<String, Part> parts) {
      this.name = name;
      this.load = load;
      this.parts = parts;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Sample run(int messages, int round) throws Exception {
      List<byte[]> requests =
          IntStream.range(0, messages).mapToObj(QueriesBenchmark.this::lookUp).toList();
      return Meter.measure(messages, Sample.LOAD, parts, () -> load.run(requests));
    }
  }

  private final class Checks implements Contender {
    private final String name;
    private final HttpLoad load;
    private final Map<String, Part> parts;

    Checks(String name, HttpLoad load, Map<String, Part> parts) {
      this.name = name;
      this.load = load;
      this.parts = parts;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Sample run(int messages, int round) throws Exception {
      List<byte[]> requests =
          IntStream.range(0, Math.max(1, messages / LOOK_UPS_A_CHECK))
              .mapToObj(QueriesBenchmark.this::check)
              .toList();
      return Meter.measure(requests.size(), Sample.LOAD, parts, () -> load.run(requests));
    }
  }
}
