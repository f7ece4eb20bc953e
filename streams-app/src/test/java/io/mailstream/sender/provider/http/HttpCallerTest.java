package io.mailstream.sender.provider.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.policy.Account;
import io.mailstream.sender.provider.EmailProvider.Connections;
import io.mailstream.sender.provider.Eventually;
import io.mailstream.sender.provider.ScriptedHttpServer;
import io.mailstream.sender.provider.ScriptedHttpServer.Reaction;
import io.mailstream.sender.provider.SelfSigned;
import io.mailstream.sender.provider.common.AccountSettings;
import io.mailstream.sender.provider.common.CallSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpCallerTest {

  private static final Reaction.Answer OK = new Reaction.Answer(200, Map.of("X-Id", "7"), "{}");

  private static HttpCaller caller(ScriptedHttpServer server, Duration callTimeout) {
    return new HttpCaller(
        new HttpSettings(
            server.uri(),
            new CallSettings(callTimeout, Duration.ofSeconds(3), Duration.ofSeconds(20), 8),
            Optional.empty()));
  }

  private static HttpCall call(byte[]... body) {
    return new HttpCall("/path", "text/plain", Map.of("X-Key", "k"), List.of(body));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void piecesOfABodyAreOneRequest() throws IOException {
    try (var server = ScriptedHttpServer.plain(OK);
        HttpCaller caller = caller(server, Duration.ofSeconds(30))) {
      HttpReply reply = caller.post(call(bytes("one "), bytes(""), bytes("two"), bytes("")));
      assertThat(reply).isInstanceOf(HttpReply.Answer.class);
      assertThat(((HttpReply.Answer) reply).header("x-id")).contains("7");
      ScriptedHttpServer.Request request = server.requests().getFirst();
      assertThat(request.line()).isEqualTo("POST /path HTTP/1.1");
      assertThat(request.headers())
          .containsEntry("x-key", "k")
          .containsEntry("content-length", "7");
      assertThat(request.body()).isEqualTo("one two");
    }
  }

  /** A connection that the server closed in a pause is noticed before a request goes into it. */
  @Test
  void connectionThatWasClosedWhileIdleCostsNoCall() throws IOException {
    try (var server = ScriptedHttpServer.plain(new Reaction.AnswerAndClose(OK));
        HttpCaller caller = caller(server, Duration.ofSeconds(30))) {
      for (int i = 1; i <= 5; i++) {
        assertThat(caller.post(call(bytes("x")))).isInstanceOf(HttpReply.Answer.class);
        Eventually.holds("the server closed its end", () -> server.open() == 0);
        long closed = System.nanoTime();
        // The client counts in whole milliseconds, and the last one still belongs to its trust.
        long pause = HttpCaller.TRUSTED_FOR.multipliedBy(2).toNanos();
        Eventually.holds("a pause", () -> System.nanoTime() - closed > pause);
        assertThat(server.requests()).hasSize(i);
      }
    }
  }

  @Test
  void ownAuthoritiesAreTrustedForTheirHostOnly(@TempDir Path directory) throws Exception {
    try (var server = ScriptedHttpServer.https(SelfSigned.sockets(directory), OK)) {
      String trusted = SelfSigned.pem(directory).toString();
      String other = "https://localhost:" + server.uri().getPort();
      assertThat(post(server.uri().toString(), Map.of("trusted_certificates", trusted)))
          .isInstanceOf(HttpReply.Answer.class);
      assertThat(post(other, Map.of("trusted_certificates", trusted)))
          .isInstanceOf(HttpReply.Unwritten.class);
      assertThat(post(server.uri().toString(), Map.of())).isInstanceOf(HttpReply.Unwritten.class);
      assertThat(server.requests()).hasSize(1);
    }
  }

  private static HttpReply post(String endpoint, Map<String, String> settings) {
    AccountSettings reader =
        new AccountSettings(
            new Account("main", "test", Optional.empty(), settings), Map.of(), "Test");
    HttpSettings read = HttpSettings.of(reader, URI.create(endpoint));
    reader.end();
    try (HttpCaller caller = new HttpCaller(read)) {
      return caller.post(call(bytes("x")));
    }
  }

  @Test
  void connectionsAreCounted() throws IOException {
    try (var server = ScriptedHttpServer.plain(OK);
        HttpCaller caller = caller(server, Duration.ofSeconds(30))) {
      assertThat(caller.connections()).isEqualTo(new Connections(0, 0, 0));
      caller.post(call(bytes("x")));
      assertThat(caller.connections()).isEqualTo(new Connections(0, 1, 0));
    }
  }

  @Test
  void redirectIsAnAnswerAndNotFollowed() throws IOException {
    Reaction.Answer elsewhere = new Reaction.Answer(307, Map.of("Location", "/other"), "");
    try (var server = ScriptedHttpServer.plain(elsewhere);
        HttpCaller caller = caller(server, Duration.ofSeconds(30))) {
      HttpReply reply = caller.post(call(bytes("x")));
      assertThat(((HttpReply.Answer) reply).status()).isEqualTo(307);
      assertThat(server.requests()).hasSize(1);
    }
  }

  /**
   * Socket timeouts know of no whole: a server that takes nothing must not hold a call for ever.
   */
  @Test
  void requestThatIsNeverReadEndsAtTheCallTimeoutUnwritten() throws IOException {
    try (var server = ScriptedHttpServer.plain(new Reaction.SilenceInRequest());
        HttpCaller caller = caller(server, Duration.ofMillis(300))) {
      assertThat(caller.post(call(new byte[12_000_000])))
          .isEqualTo(new HttpReply.Unwritten("no answer within the call timeout of 300 ms"));
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void answerThatNeverEndsIsCutAtTheCallTimeout() throws IOException {
    try (var server = ScriptedHttpServer.plain(new Reaction.Drip());
        HttpCaller caller = caller(server, Duration.ofMillis(300))) {
      assertThat(caller.post(call(bytes("x"))))
          .isEqualTo(new HttpReply.Cut("no answer within the call timeout of 300 ms"));
    }
  }
}
