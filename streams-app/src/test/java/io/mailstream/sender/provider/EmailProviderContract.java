package io.mailstream.sender.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.net.ServerSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every provider must do, whatever its ESP and protocol: one message a call, the right outcome
 * for each answer, and for each way to get none. Run against a real socket; a subclass brings a
 * server that speaks its ESP's dialect.
 */
public abstract class EmailProviderContract {

  /** The id that the ESP gives to a message it takes. */
  protected static final String MESSAGE_ID = "id-1";

  /** What the ESP says where it refuses a message for good. */
  protected static final String REFUSAL = "no mail for jane.doe@example.org";

  /** The credential of the account; an ESP may well quote it. */
  protected static final String SECRET = "hidden-credential";

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration HANDSHAKE = Duration.ofSeconds(3);
  private static final Duration SHORT = Duration.ofMillis(300);

  /** What the ESP does with a message. */
  protected enum Step {
    /** Takes it under {@link #MESSAGE_ID}. */
    ACCEPT,
    /** Takes it, and closes the connection a moment later without having said so. */
    ACCEPT_AND_CLOSE,
    /** Refuses it for good with {@link #REFUSAL}. */
    REFUSE,
    /** Asks to slow down, and does not say until when. */
    THROTTLE,
    /** Asks to slow down for 90 seconds. */
    THROTTLE_FOR_90_S,
    /** Fails inside. */
    FAIL,
    /** Does not know the credentials, and quotes them. */
    REFUSE_CREDENTIALS,
    /** Resets the connection in the middle of the message. */
    RESET_IN_REQUEST,
    /** Reads the whole message, then resets the connection. */
    RESET_AFTER_REQUEST,
    /** Reads the whole message, then closes the connection in order. */
    CLOSE_AFTER_REQUEST,
    /** Reads the whole message and never answers. */
    SILENCE,
    /** Answers with success, and says inside that it did not take the message. */
    REFUSE_WITH_SUCCESS
  }

  /** A server that stands for the ESP. */
  protected interface Esp extends AutoCloseable {

    /** Where it is. */
    URI uri();

    /** Connections that were opened. */
    int connections();

    /** Messages that were begun. */
    int begun();

    /** Messages that arrived as a whole. */
    int messages();

    @Override
    void close() throws IOException;
  }

  /** A server that does the same with every message. */
  protected abstract Esp start(Step step) throws IOException;

  /** A server of which the client expects TLS from the first byte. */
  protected abstract Esp startTls(ServerSocketFactory sockets) throws IOException;

  /** Servers whose answers claim success and do not say what was taken, or are none at all. */
  protected abstract List<Callable<Esp>> malformed();

  /** Where nobody listens. */
  protected abstract URI nobody(int port);

  /** A host that has no address. */
  protected abstract URI unknownHost();

  /** A provider that calls this address with {@link #SECRET}. */
  protected abstract EmailProvider connect(URI endpoint, Duration callTimeout);

  /** Whether the ESP has this step. */
  protected boolean has(Step step) {
    return step != Step.REFUSE_WITH_SUCCESS;
  }

  private static Delivery delivery() {
    return Deliveries.to("user@example.org").build();
  }

  /** A message that no socket's buffer holds, so that it cannot be written unless it is read. */
  private static Delivery large() {
    return Deliveries.to("user@example.org").setContent(Deliveries.file(6_500_000)).build();
  }

  private SendOutcome send(Esp esp, Duration timeout, Delivery delivery) {
    try (EmailProvider provider = connect(esp.uri(), timeout)) {
      return provider.send(delivery);
    }
  }

  private SendOutcome sendOnce(Step step) throws IOException {
    assumeTrue(has(step), () -> "this ESP has no " + step);
    try (Esp esp = start(step)) {
      SendOutcome outcome = send(esp, LONG, delivery());
      assertThat(esp.messages()).isLessThanOrEqualTo(1);
      assertThat(esp.connections()).isEqualTo(1);
      return outcome;
    }
  }

  @Test
  void acceptedCarriesTheIdOfTheEsp() throws IOException {
    try (Esp esp = start(Step.ACCEPT)) {
      assertThat(send(esp, LONG, delivery())).isEqualTo(new Accepted(MESSAGE_ID));
      assertThat(esp.messages()).isEqualTo(1);
    }
  }

  @Test
  void permanentRefusalIsRejectedAndMaskedAndAskedOnce() throws IOException {
    SendOutcome outcome = sendOnce(Step.REFUSE);
    assertThat(outcome).isInstanceOf(Rejected.class);
    assertThat(((Rejected) outcome).detail()).contains("no mail for").doesNotContain("jane.doe");
  }

  @Test
  void refusalInAnAnswerOfSuccessIsRejected() throws IOException {
    assertThat(sendOnce(Step.REFUSE_WITH_SUCCESS)).isInstanceOf(Rejected.class);
  }

  @Test
  void throttledWithoutRetryAfterLeavesTheTimeToTheRetryPolicy() throws IOException {
    Deferred deferred = deferred(sendOnce(Step.THROTTLE));
    assertThat(deferred.scope()).isEqualTo(Scope.RATE);
    assertThat(deferred.notBefore()).isEmpty();
  }

  @Test
  void throttledWithRetryAfterWaitsAsLong() throws IOException {
    Instant before = Instant.now();
    Deferred deferred = deferred(sendOnce(Step.THROTTLE_FOR_90_S));
    assertThat(deferred.scope()).isEqualTo(Scope.RATE);
    assertThat(deferred.notBefore().orElseThrow())
        .isBetween(before.plusSeconds(90), Instant.now().plusSeconds(90));
  }

  @Test
  void transientFailureUsesUpAnAttemptAndIsNotRepeated() throws IOException {
    assertThat(deferred(sendOnce(Step.FAIL)).scope()).isEqualTo(Scope.MESSAGE);
  }

  @Test
  void wrongCredentialsParkTheAccountAndAreNotToldOn() throws IOException {
    Deferred deferred = deferred(sendOnce(Step.REFUSE_CREDENTIALS));
    assertThat(deferred.scope()).isEqualTo(Scope.ACCOUNT);
    assertThat(deferred.notBefore().orElseThrow()).isAfter(Instant.now());
    assertThat(deferred.detail()).contains("credentials").doesNotContain(SECRET);
  }

  @Test
  void refusedConnectionIsSafe() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    try (EmailProvider provider = connect(nobody(port), LONG)) {
      assertThat(deferred(provider.send(delivery())).scope()).isEqualTo(Scope.MESSAGE);
    }
  }

  @Test
  void unknownHostIsSafe() {
    try (EmailProvider provider = connect(unknownHost(), LONG)) {
      assertThat(deferred(provider.send(delivery())).scope()).isEqualTo(Scope.MESSAGE);
    }
  }

  @Test
  void resetBeforeTheRequestWasWrittenIsSafe() throws IOException {
    try (Esp esp = start(Step.RESET_IN_REQUEST)) {
      assertThat(deferred(send(esp, LONG, large())).scope()).isEqualTo(Scope.MESSAGE);
      assertThat(esp.messages()).isZero();
      assertThat(esp.begun()).isEqualTo(1);
    }
  }

  @Test
  void resetAfterTheRequestIsAmbiguousAndSeenOnce() throws IOException {
    requireAmbiguousAndSeenOnce(start(Step.RESET_AFTER_REQUEST), LONG, "reset");
  }

  @Test
  void closeAfterTheRequestIsAmbiguousAndSeenOnce() throws IOException {
    requireAmbiguousAndSeenOnce(start(Step.CLOSE_AFTER_REQUEST), LONG, "close");
  }

  @Test
  void timeoutAfterTheRequestIsAmbiguousAndSeenOnce() throws IOException {
    requireAmbiguousAndSeenOnce(start(Step.SILENCE), SHORT, "timeout");
  }

  @Test
  void malformedAnswersAreAmbiguousAndSeenOnce() throws Exception {
    List<Callable<Esp>> all = malformed();
    for (int i = 0; i < all.size(); i++) {
      requireAmbiguousAndSeenOnce(all.get(i).call(), LONG, "malformed answer " + i);
    }
  }

  private void requireAmbiguousAndSeenOnce(Esp esp, Duration timeout, String what)
      throws IOException {
    try (esp) {
      assertThat(send(esp, timeout, delivery())).as(what).isInstanceOf(Ambiguous.class);
      assertThat(esp.messages()).as(what).isEqualTo(1);
      assertThat(esp.begun()).as(what).isEqualTo(1);
    }
  }

  @Test
  void interruptAfterTheRequestIsAmbiguous() throws Exception {
    try (Esp esp = start(Step.SILENCE);
        EmailProvider provider = connect(esp.uri(), LONG);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<Thread> sender = new CompletableFuture<>();
      Future<SendOutcome> outcome =
          threads.submit(() -> {
            sender.complete(Thread.currentThread());
            return provider.send(delivery());
          });
      Eventually.holds("the message arrived", () -> esp.messages() == 1);
      sender.join().interrupt();
      assertThat(outcome.get(30, TimeUnit.SECONDS)).isInstanceOf(Ambiguous.class);
    }
  }

  @Test
  void serverWithoutTlsIsSafe() throws IOException {
    try (Esp esp = startTls(ServerSocketFactory.getDefault())) {
      assertThat(send(esp, HANDSHAKE, delivery())).isInstanceOf(Deferred.class);
      assertThat(esp.messages()).isZero();
    }
  }

  @Test
  void untrustedCertificateIsSafe(@TempDir Path directory) throws Exception {
    try (Esp esp = startTls(SelfSigned.sockets(directory))) {
      // TLS libraries may hide a refused certificate for half a minute (s2n's blinding): no wait.
      assertThat(send(esp, HANDSHAKE, delivery())).isInstanceOf(Deferred.class);
      assertThat(esp.connections()).isPositive();
      assertThat(esp.messages()).isZero();
    }
  }

  @Test
  void connectionsClosedBetweenCallsNeverRepeatOne() throws IOException {
    int calls = 40;
    try (Esp esp = start(Step.ACCEPT_AND_CLOSE);
        EmailProvider provider = connect(esp.uri(), LONG)) {
      List<SendOutcome> outcomes =
          IntStream.range(0, calls).mapToObj(_ -> provider.send(delivery())).toList();
      int accepted = (int) outcomes.stream().filter(Accepted.class::isInstance).count();
      int ambiguous = (int) outcomes.stream().filter(Ambiguous.class::isInstance).count();
      assertThat(accepted).isPositive();
      assertThat(esp.messages()).isBetween(accepted, accepted + ambiguous);
    }
  }

  @Test
  void manyCallsAtOnceAreOneMessageEach() throws Exception {
    int calls = 200;
    try (Esp esp = start(Step.ACCEPT);
        EmailProvider provider = connect(esp.uri(), LONG);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<SendOutcome>> tasks =
          IntStream.range(0, calls)
              .<Callable<SendOutcome>>mapToObj(_ -> () -> provider.send(delivery()))
              .toList();
      for (Future<SendOutcome> outcome : threads.invokeAll(tasks)) {
        assertThat(outcome.get()).isEqualTo(new Accepted(MESSAGE_ID));
      }
      assertThat(esp.messages()).isEqualTo(calls);
    }
  }

  @Test
  void connectionIsUsedAgain() throws IOException {
    try (Esp esp = start(Step.ACCEPT);
        EmailProvider provider = connect(esp.uri(), LONG)) {
      for (int i = 0; i < 5; i++) {
        assertThat(provider.send(delivery())).isInstanceOf(Accepted.class);
      }
      assertThat(esp.connections()).isEqualTo(1);
    }
  }

  @Test
  void closingWithACallInFlightEndsBothSoon() throws Exception {
    try (Esp esp = start(Step.SILENCE);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      EmailProvider provider = connect(esp.uri(), Duration.ofSeconds(2));
      Future<SendOutcome> outcome = threads.submit(() -> provider.send(delivery()));
      Eventually.holds("the message arrived", () -> esp.messages() == 1);
      Future<?> closing = threads.submit(provider::close);
      assertThat(outcome.get(20, TimeUnit.SECONDS)).isInstanceOf(Ambiguous.class);
      closing.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void callAfterCloseIsSafe() throws IOException {
    try (Esp esp = start(Step.ACCEPT)) {
      EmailProvider provider = connect(esp.uri(), LONG);
      provider.close();
      assertThat(provider.send(delivery())).isInstanceOf(Deferred.class);
      assertThat(esp.messages()).isZero();
    }
  }

  protected static Deferred deferred(SendOutcome outcome) {
    assertThat(outcome).isInstanceOf(Deferred.class);
    return (Deferred) outcome;
  }
}
