package io.mailstream.sender.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.sender.provider.ScriptedHttpServer.Reaction;
import io.mailstream.sender.provider.SendOutcome.Accepted;
import io.mailstream.sender.provider.SendOutcome.Ambiguous;
import io.mailstream.sender.provider.SendOutcome.Deferred;
import io.mailstream.sender.provider.SendOutcome.Rejected;
import io.mailstream.sender.provider.SendOutcome.Scope;
import io.mailstream.v1.Delivery;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.net.ServerSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every provider must do, whatever its ESP: one request a call, the right outcome for each
 * answer, and for each way to get none. Run against a real socket; a subclass brings its ESP's
 * dialect.
 */
public abstract class EmailProviderContract {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration HANDSHAKE = Duration.ofSeconds(3);
  private static final Duration SHORT = Duration.ofMillis(300);

  /** How the ESP says things. */
  public interface Dialect {

    /** Took the message under this id. */
    Reaction.Answer accepted(String messageId);

    /** Refused the message for good, quoting this text. */
    Reaction.Answer permanent(String text);

    /** Asks to slow down; has no Retry-After of its own. */
    Reaction.Answer throttled();

    /** Failed inside. */
    Reaction.Answer transientFailure();

    /** Does not know the credentials. */
    Reaction.Answer wrongCredentials();

    /** Answers that claim success and do not say what was taken. */
    List<Reaction> malformed();
  }

  protected abstract Dialect dialect();

  /** A provider that calls this address. */
  protected abstract EmailProvider connect(URI endpoint, Duration callTimeout);

  private static Delivery delivery() {
    return Deliveries.to("user@example.org").build();
  }

  /** A message that no socket's buffer holds, so that it cannot be written unless it is read. */
  private static Delivery large() {
    return Deliveries.to("user@example.org")
        .setContent(Deliveries.text("0123456789\n".repeat(1_500_000)))
        .build();
  }

  private SendOutcome send(ScriptedHttpServer server, Duration timeout, Delivery delivery) {
    try (EmailProvider provider = connect(server.uri(), timeout)) {
      return provider.send(delivery);
    }
  }

  @Test
  void acceptedCarriesTheIdOfTheEsp() throws IOException {
    try (var server = ScriptedHttpServer.plain(dialect().accepted("id-1"))) {
      assertThat(send(server, LONG, delivery())).isEqualTo(new Accepted("id-1"));
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void permanentRefusalIsRejectedAndMaskedAndAskedOnce() throws IOException {
    try (var server =
        ScriptedHttpServer.plain(dialect().permanent("no mail for jane.doe@example.org"))) {
      SendOutcome outcome = send(server, LONG, delivery());
      assertThat(outcome).isInstanceOf(Rejected.class);
      assertThat(((Rejected) outcome).detail()).doesNotContain("jane.doe");
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void throttledWithoutRetryAfterLeavesTheTimeToTheRetryPolicy() throws IOException {
    try (var server = ScriptedHttpServer.plain(dialect().throttled())) {
      Deferred deferred = deferred(send(server, LONG, delivery()));
      assertThat(deferred.scope()).isEqualTo(Scope.RATE);
      assertThat(deferred.notBefore()).isEmpty();
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void throttledWithRetryAfterWaitsAsLong() throws IOException {
    Reaction.Answer throttled = dialect().throttled();
    Reaction.Answer withHeader = withHeader(throttled, "Retry-After", "90");
    try (var server = ScriptedHttpServer.plain(withHeader)) {
      Instant before = Instant.now();
      Deferred deferred = deferred(send(server, LONG, delivery()));
      assertThat(deferred.scope()).isEqualTo(Scope.RATE);
      assertThat(deferred.notBefore().orElseThrow())
          .isBetween(before.plusSeconds(90), Instant.now().plusSeconds(90));
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void transientFailureUsesUpAnAttemptAndIsNotRepeated() throws IOException {
    try (var server = ScriptedHttpServer.plain(dialect().transientFailure())) {
      assertThat(deferred(send(server, LONG, delivery())).scope()).isEqualTo(Scope.MESSAGE);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void wrongCredentialsParkTheAccount() throws IOException {
    try (var server = ScriptedHttpServer.plain(dialect().wrongCredentials())) {
      Deferred deferred = deferred(send(server, LONG, delivery()));
      assertThat(deferred.scope()).isEqualTo(Scope.ACCOUNT);
      assertThat(deferred.notBefore().orElseThrow()).isAfter(Instant.now());
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void refusedConnectionIsSafe() throws IOException {
    URI nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }
    try (EmailProvider provider = connect(nobody, LONG)) {
      assertThat(deferred(provider.send(delivery())).scope()).isEqualTo(Scope.MESSAGE);
    }
  }

  @Test
  void unknownHostIsSafe() {
    try (EmailProvider provider = connect(URI.create("http://nowhere.invalid:80"), LONG)) {
      assertThat(deferred(provider.send(delivery())).scope()).isEqualTo(Scope.MESSAGE);
    }
  }

  @Test
  void resetBeforeTheRequestWasWrittenIsSafe() throws IOException {
    try (var server = ScriptedHttpServer.plain(new Reaction.ResetInRequest())) {
      assertThat(deferred(send(server, LONG, large())).scope()).isEqualTo(Scope.MESSAGE);
      assertThat(server.requests()).isEmpty();
      assertThat(server.begun()).isEqualTo(1);
    }
  }

  @Test
  void resetAfterTheRequestIsAmbiguousAndSeenOnce() throws IOException {
    try (var server = ScriptedHttpServer.plain(new Reaction.ResetAfterRequest())) {
      assertThat(send(server, LONG, delivery())).isInstanceOf(Ambiguous.class);
      assertThat(server.requests()).hasSize(1);
      assertThat(server.begun()).isEqualTo(1);
    }
  }

  @Test
  void closeAfterTheRequestIsAmbiguousAndSeenOnce() throws IOException {
    try (var server = ScriptedHttpServer.plain(new Reaction.CloseAfterRequest())) {
      assertThat(send(server, LONG, delivery())).isInstanceOf(Ambiguous.class);
      assertThat(server.requests()).hasSize(1);
      assertThat(server.begun()).isEqualTo(1);
    }
  }

  @Test
  void timeoutAfterTheRequestIsAmbiguousAndSeenOnce() throws IOException {
    try (var server = ScriptedHttpServer.plain(new Reaction.Silence())) {
      assertThat(send(server, SHORT, delivery())).isInstanceOf(Ambiguous.class);
      assertThat(server.requests()).hasSize(1);
      assertThat(server.begun()).isEqualTo(1);
    }
  }

  @Test
  void interruptAfterTheRequestIsAmbiguous() throws Exception {
    try (var server = ScriptedHttpServer.plain(new Reaction.Silence());
        EmailProvider provider = connect(server.uri(), LONG);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var sender = new java.util.concurrent.CompletableFuture<Thread>();
      Future<SendOutcome> outcome =
          threads.submit(() -> {
            sender.complete(Thread.currentThread());
            return provider.send(delivery());
          });
      Eventually.holds("the request arrived", () -> server.requests().size() == 1);
      sender.join().interrupt();
      assertThat(outcome.get(30, TimeUnit.SECONDS)).isInstanceOf(Ambiguous.class);
    }
  }

  @Test
  void malformedAnswersAreAmbiguousAndSeenOnce() throws IOException {
    for (Reaction malformed : dialect().malformed()) {
      try (var server = ScriptedHttpServer.plain(malformed)) {
        assertThat(send(server, LONG, delivery()))
            .as(malformed.toString())
            .isInstanceOf(Ambiguous.class);
        assertThat(server.requests()).as(malformed.toString()).hasSize(1);
        assertThat(server.begun()).as(malformed.toString()).isEqualTo(1);
      }
    }
  }

  @Test
  void serverWithoutTlsIsSafe() throws IOException {
    try (var server =
        ScriptedHttpServer.https(ServerSocketFactory.getDefault(), dialect().accepted("id"))) {
      assertThat(send(server, HANDSHAKE, delivery())).isInstanceOf(Deferred.class);
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void untrustedCertificateIsSafe(@TempDir Path directory) throws Exception {
    try (var server =
        ScriptedHttpServer.https(SelfSigned.sockets(directory), dialect().accepted("id"))) {
      // TLS libraries may hide a refused certificate for half a minute (s2n's blinding): no wait.
      assertThat(send(server, HANDSHAKE, delivery())).isInstanceOf(Deferred.class);
      assertThat(server.connections()).isPositive();
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void connectionsClosedBetweenCallsNeverRepeatOne() throws IOException {
    int calls = 40;
    try (var server =
            ScriptedHttpServer.plain(new Reaction.AnswerAndClose(dialect().accepted("id")));
        EmailProvider provider = connect(server.uri(), LONG)) {
      List<SendOutcome> outcomes =
          IntStream.range(0, calls).mapToObj(_ -> provider.send(delivery())).toList();
      long accepted = outcomes.stream().filter(Accepted.class::isInstance).count();
      long ambiguous = outcomes.stream().filter(Ambiguous.class::isInstance).count();
      assertThat(accepted).isPositive();
      assertThat((long) server.requests().size()).isBetween(accepted, accepted + ambiguous);
    }
  }

  @Test
  void manyCallsAtOnceAreOneRequestEach() throws Exception {
    int calls = 200;
    try (var server = ScriptedHttpServer.plain(dialect().accepted("id"));
        EmailProvider provider = connect(server.uri(), LONG);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<SendOutcome>> tasks =
          IntStream.range(0, calls)
              .<Callable<SendOutcome>>mapToObj(_ -> () -> provider.send(delivery()))
              .toList();
      for (Future<SendOutcome> outcome : threads.invokeAll(tasks)) {
        assertThat(outcome.get()).isEqualTo(new Accepted("id"));
      }
      assertThat(server.requests()).hasSize(calls);
    }
  }

  @Test
  void closingWithACallInFlightEndsBothSoon() throws Exception {
    try (var server = ScriptedHttpServer.plain(new Reaction.Silence());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      EmailProvider provider = connect(server.uri(), Duration.ofSeconds(2));
      Future<SendOutcome> outcome = threads.submit(() -> provider.send(delivery()));
      Eventually.holds("the request arrived", () -> server.requests().size() == 1);
      Future<?> closing = threads.submit(provider::close);
      assertThat(outcome.get(20, TimeUnit.SECONDS)).isInstanceOf(Ambiguous.class);
      closing.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void callAfterCloseIsSafe() throws IOException {
    try (var server = ScriptedHttpServer.plain(dialect().accepted("id"))) {
      EmailProvider provider = connect(server.uri(), LONG);
      provider.close();
      assertThat(provider.send(delivery())).isInstanceOf(Deferred.class);
      assertThat(server.requests()).isEmpty();
    }
  }

  protected static Deferred deferred(SendOutcome outcome) {
    assertThat(outcome).isInstanceOf(Deferred.class);
    return (Deferred) outcome;
  }

  protected static Reaction.Answer withHeader(Reaction.Answer answer, String name, String value) {
    var headers = new java.util.TreeMap<>(answer.headers());
    headers.put(name, value);
    return new Reaction.Answer(answer.status(), headers, answer.body());
  }
}
