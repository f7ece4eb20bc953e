package io.mailstream.sender.provider.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailstream.policy.Account;
import io.mailstream.sender.provider.Deliveries;
import io.mailstream.sender.provider.Eventually;
import io.mailstream.sender.provider.SelfSigned;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.provider.SendOutcome.Accepted;
import io.mailstream.sender.provider.SendOutcome.Deferred;
import io.mailstream.sender.provider.SendOutcome.Rejected;
import io.mailstream.sender.provider.SendOutcome.Scope;
import io.mailstream.sender.provider.smtp.ScriptedSmtpServer.Fault;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.ReasonCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes over the wire, and what of the server's extensions is used. */
class SmtpDialogueTest {

  private static final List<String> NO_EXTENSIONS = List.of();

  private static SmtpProvider provider(int port, String tls, String... settings) {
    Map<String, String> all =
        new HashMap<>(Map.of("host", "127.0.0.1", "port", String.valueOf(port), "tls", tls));
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    return new SmtpProvider(
        "main",
        SmtpSettings.of(new Account("main", "smtp", Optional.empty(), all), Map.of()),
        InstantSource.system());
  }

  private static ScriptedSmtpServer server(List<String> extensions) throws IOException {
    return new ScriptedSmtpServer(
        ServerSocketFactory.getDefault(), extensions, Map.of(), Fault.NONE);
  }

  private static Delivery delivery() {
    return Deliveries.to("user@example.org").build();
  }

  @Test
  void severalMessagesAConnectionWithResetBetween() throws IOException {
    try (var server = server(List.of("PIPELINING", "SIZE 5000"));
        SmtpProvider provider = provider(server.port(), "none", "ehlo_name", "mx.example.com")) {
      for (int i = 0; i < 2; i++) {
        assertThat(provider.send(delivery())).isEqualTo(new Accepted("id-1"));
      }
      int size = server.messages().getFirst().content().length();
      assertThat(server.commands())
          .containsExactly(
              "EHLO mx.example.com",
              "MAIL FROM:<shop@example.com> SIZE=" + size,
              "RCPT TO:<user@example.org>",
              "DATA",
              "RSET",
              "MAIL FROM:<shop@example.com> SIZE=" + size,
              "RCPT TO:<user@example.org>",
              "DATA");
    }
  }

  @Test
  void serverWithoutExtensionsIsSpokenToStepByStep() throws IOException {
    try (var server = server(NO_EXTENSIONS);
        SmtpProvider provider = provider(server.port(), "none")) {
      assertThat(provider.send(delivery())).isInstanceOf(Accepted.class);
      assertThat(provider.send(delivery())).isInstanceOf(Accepted.class);
      assertThat(server.commands().getFirst()).isEqualTo("EHLO [127.0.0.1]");
      assertThat(server.commands()).contains("MAIL FROM:<shop@example.com>", "RSET");
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void messageArrivesByteForByteWithTheDeliveryIdInFront() throws IOException {
    String text = "one\n.\n..\n.leading dot\nlast without line end.";
    try (var server = server(List.of("PIPELINING"));
        SmtpProvider provider = provider(server.port(), "none")) {
      Delivery delivery =
          Deliveries.to("user@example.org").setContent(Deliveries.text(text)).build();
      provider.send(delivery);
      String content = server.messages().getFirst().content();
      assertThat(content)
          .startsWith("X-Mailstream-Delivery-Id: " + delivery.getDeliveryId() + "\r\nFrom: ")
          .endsWith("\r\n\r\none\r\n.\r\n..\r\n.leading dot\r\nlast without line end.\r\n");
    }
  }

  @Test
  void bouncesGoWhereTheyAreToldTo() throws IOException {
    try (var server = server(NO_EXTENSIONS);
        SmtpProvider provider =
            provider(server.port(), "none", "return_path", "bounces@example.com")) {
      provider.send(delivery());
      assertThat(server.messages().getFirst().envelope().getFirst())
          .isEqualTo("MAIL FROM:<bounces@example.com>");
    }
  }

  @Test
  void connectionIsClosedAfterAsManyMessagesAsWereSet() throws IOException {
    try (var server = server(NO_EXTENSIONS);
        SmtpProvider provider = provider(server.port(), "none", "messages_per_connection", "2")) {
      for (int i = 0; i < 5; i++) {
        assertThat(provider.send(delivery())).isInstanceOf(Accepted.class);
      }
      assertThat(server.connections()).isEqualTo(3);
    }
  }

  /** The reset before each message finds out, when nothing of the message has gone out yet. */
  @Test
  void connectionThatWasClosedWhileIdleCostsNoCall() throws IOException {
    for (List<String> extensions : List.of(NO_EXTENSIONS, List.of("PIPELINING"))) {
      try (var server =
              new ScriptedSmtpServer(
                  ServerSocketFactory.getDefault(), extensions, Map.of(), Fault.TAKE_AND_CLOSE);
          SmtpProvider provider = provider(server.port(), "none")) {
        for (int i = 0; i < 5; i++) {
          assertThat(provider.send(delivery())).isInstanceOf(Accepted.class);
          Eventually.holds("the server closed its end", () -> server.open() == 0);
        }
        assertThat(server.messages()).hasSize(5);
      }
    }
  }

  @Test
  void connectionGoesOnAfterARefusal() throws IOException {
    try (var server = ScriptedSmtpServer.of(Map.of("RCPT", "550 5.1.1 no such user"), Fault.NONE);
        SmtpProvider provider = provider(server.port(), "none")) {
      for (int i = 0; i < 3; i++) {
        assertThat(((Rejected) provider.send(delivery())).reason())
            .isEqualTo(ReasonCode.INVALID_ADDRESS);
      }
      assertThat(server.connections()).isEqualTo(1);
      assertThat(server.messages()).isEmpty();
      assertThat(server.commands()).doesNotContain("DATA");
    }
  }

  @Test
  void moreThanTheServerTakesIsNotOffered() throws IOException {
    try (var server = server(List.of("SIZE 5000"));
        SmtpProvider provider = provider(server.port(), "none")) {
      Delivery delivery =
          Deliveries.to("user@example.org").setContent(Deliveries.file(5000)).build();
      assertThat(((Rejected) provider.send(delivery)).reason()).isEqualTo(ReasonCode.TOO_LARGE);
      assertThat(provider.send(delivery())).isInstanceOf(Accepted.class);
      assertThat(server.messages()).hasSize(1);
    }
  }

  @Test
  void internationalLocalPartNeedsAServerThatTakesIt() throws IOException {
    Delivery delivery =
        Deliveries.to("jörg@müller.example")
            .setFrom(Deliveries.mailbox("büro@example.com", null))
            .build();
    try (var server = server(List.of("8BITMIME"));
        SmtpProvider provider = provider(server.port(), "none")) {
      assertThat(((Rejected) provider.send(delivery)).reason())
          .isEqualTo(ReasonCode.INVALID_ADDRESS);
      assertThat(server.messages()).isEmpty();
    }
    try (var server = server(List.of("8BITMIME", "SMTPUTF8"));
        SmtpProvider provider = provider(server.port(), "none")) {
      assertThat(provider.send(delivery)).isInstanceOf(Accepted.class);
      assertThat(server.messages().getFirst().content())
          .contains("From: büro@example.com\r\n", "To: jörg@xn--mller-kva.example\r\n");
      List<String> envelope =
          server.messages().getFirst().envelope().stream()
              .map(line ->
                  new String(line.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
              .toList();
      assertThat(envelope)
          .containsExactly(
              "MAIL FROM:<büro@example.com> BODY=8BITMIME SMTPUTF8",
              "RCPT TO:<jörg@xn--mller-kva.example>");
      // What does not need it does not ask for it.
      assertThat(provider.send(delivery())).isInstanceOf(Accepted.class);
      assertThat(server.messages().getLast().envelope().getFirst())
          .isEqualTo("MAIL FROM:<shop@example.com>");
    }
  }

  @Test
  void nothingInAnAddressAddsACommand() throws IOException {
    try (var server = server(NO_EXTENSIONS);
        SmtpProvider provider = provider(server.port(), "none")) {
      for (String address :
          List.of("a@b.org>\r\nRCPT TO:<c@d.org", "\"a\r\nDATA\"@b.org", "a b@c.org", "a>@b.org")) {
        assertThat(provider.send(Deliveries.to(address).build())).isInstanceOf(Rejected.class);
      }
      assertThat(server.connections()).isZero();
    }
  }

  @Test
  void serverThatOffersNoStartTlsGetsNothing() throws IOException {
    try (var server = server(List.of("AUTH PLAIN"));
        SmtpProvider provider = provider(server.port(), "starttls")) {
      Deferred deferred = (Deferred) provider.send(delivery());
      assertThat(deferred.scope()).isEqualTo(Scope.ACCOUNT);
      assertThat(deferred.detail()).contains("STARTTLS");
      assertThat(server.commands()).noneMatch(line -> line.startsWith("MAIL"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"implicit", "starttls"})
  void tlsNeedsATrustedCertificateForTheHost(String tls, @TempDir Path directory) throws Exception {
    SSLContext context = SelfSigned.context(directory);
    String trusted = SelfSigned.pem(directory).toString();
    boolean implicit = tls.equals("implicit");
    try (var server =
        new ScriptedSmtpServer(
                implicit ? context.getServerSocketFactory() : ServerSocketFactory.getDefault(),
                List.of("STARTTLS"),
                Map.of(),
                Fault.NONE)
            .upgradingTo(context)) {
      try (SmtpProvider provider = provider(server.port(), tls, "trusted_certificates", trusted)) {
        assertThat(provider.send(delivery())).isInstanceOf(Accepted.class);
      }
      for (String[] wrong :
          List.of(
              new String[] {"host", "localhost", "trusted_certificates", trusted},
              new String[] {"host", "127.0.0.1"})) {
        try (SmtpProvider provider = provider(server.port(), tls, wrong)) {
          SendOutcome outcome = provider.send(delivery());
          assertThat(((Deferred) outcome).scope()).isEqualTo(Scope.ACCOUNT);
          assertThat(((Deferred) outcome).detail()).contains("certificate");
        }
      }
      assertThat(server.messages()).hasSize(1);
      int upgrade = server.commands().indexOf("STARTTLS");
      assertThat(upgrade).isEqualTo(implicit ? -1 : 1);
    }
  }

  @Test
  void trustThatCannotBeReadIsAFault(@TempDir Path directory) throws IOException {
    Path empty = Files.createFile(directory.resolve("empty.pem"));
    for (Path path : List.of(empty, directory.resolve("none.pem"))) {
      assertThatThrownBy(() -> provider(25, "starttls", "trusted_certificates", path.toString()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("trusted_certificates", path.toString(), "give");
    }
  }

  @Test
  void unusedConnectionIsGivenUp() throws IOException {
    try (var server = server(NO_EXTENSIONS);
        SmtpProvider provider = provider(server.port(), "none", "idle_timeout", "1ms")) {
      provider.send(delivery());
      long end = System.nanoTime() + 2_000_000;
      Eventually.holds("longer than the idle timeout", () -> System.nanoTime() - end > 0);
      provider.send(delivery());
      assertThat(server.connections()).isEqualTo(2);
    }
  }
}
