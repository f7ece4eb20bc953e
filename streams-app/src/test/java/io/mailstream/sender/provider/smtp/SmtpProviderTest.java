package io.mailstream.sender.provider.smtp;

import io.mailstream.policy.Account;
import io.mailstream.sender.provider.EmailProvider;
import io.mailstream.sender.provider.EmailProviderContract;
import io.mailstream.sender.provider.ProviderFactory;
import io.mailstream.sender.provider.smtp.ScriptedSmtpServer.Fault;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javax.net.ServerSocketFactory;

/** The SMTP provider against a server of ours that can fail at every point of the dialogue. */
class SmtpProviderTest extends EmailProviderContract {

  @Override
  protected EmailProvider connect(URI endpoint, Duration callTimeout) {
    return ProviderFactory.create(
        new Account(
            "main",
            "smtp",
            Optional.empty(),
            Map.of(
                "host",
                endpoint.getHost(),
                "port",
                String.valueOf(endpoint.getPort()),
                "tls",
                endpoint.getScheme().equals("smtps") ? "implicit" : "none",
                "call_timeout",
                callTimeout.toMillis() + "ms")),
        endpoint.getHost().equals("127.0.0.1")
            ? Map.of("accounts.main.user", "sender", "accounts.main.password", SECRET)
            : Map.of());
  }

  @Override
  protected boolean has(Step step) {
    // SMTP has no Retry-After.
    return super.has(step) && step != Step.THROTTLE_FOR_90_S;
  }

  @Override
  protected Esp start(Step step) throws IOException {
    return new SmtpEsp("smtp", ScriptedSmtpServer.of(replies(step), fault(step)));
  }

  @Override
  protected Esp startTls(ServerSocketFactory sockets) throws IOException {
    return new SmtpEsp("smtps", new ScriptedSmtpServer(sockets, List.of(), Map.of(), Fault.NONE));
  }

  @Override
  protected List<Callable<Esp>> malformed() {
    return Stream.of("hello", "", "HTTP/1.1 200 OK", "354 more", "99 what")
        .<Callable<Esp>>map(reply ->
            () -> new SmtpEsp("smtp", ScriptedSmtpServer.of(Map.of(".", reply), Fault.NONE)))
        .toList();
  }

  @Override
  protected URI nobody(int port) {
    return URI.create("smtp://127.0.0.1:" + port);
  }

  @Override
  protected URI unknownHost() {
    return URI.create("smtp://nowhere.invalid:25");
  }

  private static Map<String, String> replies(Step step) {
    return switch (step) {
      case REFUSE -> Map.of("RCPT", "550 5.7.1 " + REFUSAL);
      case THROTTLE ->
          Map.of("MAIL", "454 4.7.0 Throttling failure: Maximum sending rate exceeded.");
      case FAIL -> Map.of(".", "451 4.3.0 try later");
      case REFUSE_CREDENTIALS -> Map.of("AUTH", "535 5.7.8 unknown: " + SECRET);
      default -> Map.of();
    };
  }

  private static Fault fault(Step step) {
    return switch (step) {
      case ACCEPT_AND_CLOSE -> Fault.TAKE_AND_CLOSE;
      case RESET_IN_REQUEST -> Fault.RESET_IN_MESSAGE;
      case RESET_AFTER_REQUEST -> Fault.RESET_AFTER_MESSAGE;
      case CLOSE_AFTER_REQUEST -> Fault.CLOSE_AFTER_MESSAGE;
      case SILENCE -> Fault.SILENCE;
      default -> Fault.NONE;
    };
  }

  private record SmtpEsp(String scheme, ScriptedSmtpServer server) implements Esp {

    @Override
    public URI uri() {
      return URI.create(scheme + "://127.0.0.1:" + server.port());
    }

    @Override
    public int connections() {
      return server.connections();
    }

    @Override
    public int begun() {
      return server.begun();
    }

    @Override
    public int messages() {
      return server.messages().size();
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
