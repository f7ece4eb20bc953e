package io.mailstream.benchmarks;

import io.mailstream.schemas.Topics;
import io.mailstream.webhook.provider.WebhookRequest;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * Events a second of the ESPs' callbacks: from the socket of the webhook ingester until Kafka has
 * them, beside a loop on all cores that only verifies the same bodies by the same means. They are
 * signed before, and each is sent once.
 */
final class CallbacksBenchmark {

  static final int CONNECTIONS = 16;

  private static final int MANY = 20;
  private static final String LOOP = ": verified only";
  private static final String INGESTER = ": webhook ingester";

  private final Rounds rounds;
  private final PrintWriter out;

  CallbacksBenchmark(Rounds rounds, PrintWriter out) {
    this.rounds = rounds;
    this.out = out;
  }

  /** The loop that a contender is compared with. */
  static String peer(String contender) {
    return contender.replace(INGESTER, LOOP);
  }

  Map<String, List<Sample>> run(Path directory) throws Exception {
    try (Lab lab = Lab.start(directory);
        SnsScheme sns = new SnsScheme()) {
      SendGridScheme sendGrid = SendGridScheme.one();
      List<CallbackScheme> schemes =
          List.of(
              sns,
              sendGrid,
              sendGrid.ofMany(MANY),
              new MailgunScheme(),
              new PostmarkScheme(),
              new MandrillScheme(1),
              new MandrillScheme(MANY));
      Topics topics = lab.topics("callbacks.");
      rememberTokens(lab, topics);
      int port = Lab.freePort();
      Map<String, String> settings = new HashMap<>();
      settings.put("http.port", String.valueOf(port));
      schemes.forEach(scheme -> settings.putAll(scheme.settings()));
      try (Part ingester = lab.webhookIngest("ingester", topics, settings);
          HttpLoad load = HttpLoad.connect(port, CONNECTIONS)) {
        Map<String, Part> parts = Map.of("ingester", ingester, "broker", lab.broker());
        List<Contender> contenders = new ArrayList<>();
        for (CallbackScheme scheme : schemes) {
          // Which of Mailgun's tokens were used is read from Kafka first.
          byte[] first = request(scheme, scheme.sign("first"));
          Lab.await(scheme.name() + " is taken", () -> load.once(first).length == 0);
          Signed signed = new Signed(scheme);
          contenders.add(new Loop(signed));
          contenders.add(new Ingester(signed, load, parts));
        }
        return rounds.run(contenders, out);
      }
    }
  }

  /** Where the used tokens of Mailgun's are kept: not among the topics of every installation. */
  private static void rememberTokens(Lab lab, Topics topics)
      throws InterruptedException, ExecutionException {
    Topics.TopicSpec nonces = topics.webhookNonces();
    try (Admin admin = lab.admin()) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(nonces.name(), Lab.PARTITIONS, (short) 1).configs(nonces.config())))
          .all()
          .get();
    }
  }

  /** The callbacks of one round: the same for both. */
  private static final class Signed {
    private final CallbackScheme scheme;
    private int round = -1;
    private List<WebhookRequest> callbacks = List.of();

    Signed(CallbackScheme scheme) {
      this.scheme = scheme;
    }

    List<WebhookRequest> of(int messages, int inRound) {
      if (inRound != round) {
        round = inRound;
        callbacks =
            IntStream.range(0, Math.max(1, messages / scheme.events()))
                .parallel()
                .mapToObj(i -> scheme.sign("r%d-%d".formatted(inRound, i)))
                .toList();
      }
      return callbacks;
    }

    long events() {
      return (long) callbacks.size() * scheme.events();
    }
  }

  private record Loop(Signed signed) implements Contender {
    @Override
    public String name() {
      return signed.scheme.name() + LOOP;
    }

    @Override
    public Sample run(int messages, int round) throws Exception {
      List<WebhookRequest> callbacks = signed.of(messages, round);
      return Meter.measure(
          signed.events(),
          "this process",
          Map.of(),
          () -> {
            if (!callbacks.parallelStream().allMatch(signed.scheme::verify)) {
              throw new IllegalStateException("a genuine callback was refused: " + name());
            }
          });
    }
  }

  private record Ingester(Signed signed, HttpLoad load, Map<String, Part> parts)
      implements Contender {
    @Override
    public String name() {
      return signed.scheme.name() + INGESTER;
    }

    @Override
    public Sample run(int messages, int round) throws Exception {
      List<byte[]> requests =
          signed.of(messages, round).stream().map(one -> request(signed.scheme, one)).toList();
      return Meter.measure(signed.events(), Sample.LOAD, parts, () -> load.run(requests));
    }
  }

  private static byte[] request(CallbackScheme scheme, WebhookRequest callback) {
    StringBuilder headers = new StringBuilder();
    callback
        .headers()
        .forEach((name, value) -> headers.append(name).append(": ").append(value).append("\r\n"));
    return HttpLoad.request("POST", scheme.path(), headers.toString(), callback.body());
  }
}
