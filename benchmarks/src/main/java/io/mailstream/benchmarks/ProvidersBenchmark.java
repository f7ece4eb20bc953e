package io.mailstream.benchmarks;

import io.mailstream.policy.Account;
import io.mailstream.sender.provider.EmailProvider;
import io.mailstream.sender.provider.ProviderFactory;
import io.mailstream.sender.provider.SendOutcome;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Calls a second and CPU a call of each provider that speaks HTTP, from a delivery to its outcome,
 * beside plain clients that post one ready body again and again: what composing, the request, the
 * watch over what was written and reading the answer cost.
 */
final class ProvidersBenchmark {

  static final String PLAIN = "java.net.http loop, ready body";

  private static final int AT_ONCE = 64;
  private static final int BODY_BYTES = 2_000;

  private final Rounds rounds;
  private final PrintWriter out;

  ProvidersBenchmark(Rounds rounds, PrintWriter out) {
    this.rounds = rounds;
    this.out = out;
  }

  Map<String, List<Sample>> run(Path directory) throws Exception {
    List<AutoCloseable> open = new ArrayList<>();
    try (Part sink = Part.java("sink", directory, "256m", SinkPart.class.getName(), "0")) {
      URI endpoint = URI.create(sink.awaitReady());
      try {
        List<Contender> contenders = new ArrayList<>();
        contenders.add(SdkLoop.netty(endpoint, sink, AT_ONCE, open));
        contenders.add(SdkLoop.crt(endpoint, sink, AT_ONCE, open));
        contenders.add(plain(endpoint, sink, open));
        accounts(endpoint)
            .forEach((kind, settings) -> contenders.add(ours(kind, settings, sink, open)));
        return rounds.run(contenders, out);
      } finally {
        for (AutoCloseable each : open) {
          each.close();
        }
      }
    }
  }

  private static Map<String, Map<String, String>> accounts(URI endpoint) {
    Map<String, Map<String, String>> accounts = new LinkedHashMap<>();
    String at = endpoint.toString();
    accounts.put("ses", Map.of("region", "eu-west-1", "endpoint", at));
    accounts.put("sendgrid", Map.of("endpoint", at));
    accounts.put("mailgun", Map.of("endpoint", at, "domain", "mg.example.com"));
    accounts.put("postmark", Map.of("endpoint", at));
    accounts.put("mandrill", Map.of("endpoint", at));
    return accounts;
  }

  private static Contender ours(
      String kind, Map<String, String> settings, Part sink, List<AutoCloseable> open) {
    Map<String, String> credentials =
        switch (kind) {
          case "ses" ->
              Map.of(
                  "accounts.main.access.key.id", "id", "accounts.main.secret.access.key", "secret");
          case "postmark" -> Map.of("accounts.main.server.token", "token");
          default -> Map.of("accounts.main.api.key", "key");
        };
    EmailProvider provider =
        ProviderFactory.create(new Account("main", kind, Optional.empty(), settings), credentials);
    open.add(provider);
    AtomicInteger runs = new AtomicInteger();
    return SdkLoop.contender(
        "mailstream " + kind,
        sink,
        messages -> {
          Mails mails = new Mails("r" + runs.incrementAndGet(), BODY_BYTES);
          InFlight.run(
              messages,
              AT_ONCE,
              number -> {
                SendOutcome outcome = provider.send(mails.delivery(number));
                if (!(outcome instanceof SendOutcome.Accepted)) {
                  throw new IllegalStateException("%s: %s".formatted(kind, outcome));
                }
              });
        });
  }

  private static Contender plain(URI endpoint, Part sink, List<AutoCloseable> open) {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    open.add(client);
    HttpRequest request =
        HttpRequest.newBuilder(endpoint.resolve("/v2/email/outbound-emails"))
            .POST(HttpRequest.BodyPublishers.ofByteArray(SdkLoop.ready(BODY_BYTES)))
            .build();
    return SdkLoop.contender(
        PLAIN,
        sink,
        messages ->
            InFlight.run(
                messages,
                AT_ONCE,
                number -> client.send(request, HttpResponse.BodyHandlers.ofByteArray())));
  }
}
