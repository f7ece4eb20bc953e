package io.mailstream.sender.provider.mailgun;

import io.mailstream.sender.provider.HttpProviderContract;
import io.mailstream.sender.provider.ScriptedHttpServer.Reaction;
import java.util.List;
import java.util.Map;

/** Mailgun's provider against a server that speaks Mailgun's dialect. */
class MailgunProviderTest extends HttpProviderContract {

  @Override
  protected Dialect dialect() {
    return new MailgunDialect();
  }

  @Override
  protected HttpAccount account() {
    return new HttpAccount(
        "mailgun", Map.of("domain", "mg.example.com"), Map.of("api.key", SECRET));
  }

  /** What Mailgun answers, as its documentation has it. */
  static final class MailgunDialect implements Dialect {

    @Override
    public Reaction.Answer accepted(String messageId) {
      return json(200, "{\"id\":\"<" + messageId + ">\",\"message\":\"Queued. Thank you.\"}");
    }

    @Override
    public Reaction.Answer permanent(String text) {
      return error(400, text);
    }

    @Override
    public Reaction.Answer throttled() {
      return error(429, "too many requests");
    }

    @Override
    public Reaction.Answer transientFailure() {
      return json(500, "{}");
    }

    @Override
    public Reaction.Answer wrongCredentials(String secret) {
      return new Reaction.Answer(401, Map.of("Content-Type", "text/html"), "Forbidden " + secret);
    }

    @Override
    public List<Reaction> malformed() {
      return List.of(
          json(200, "{}"),
          json(200, "{\"id\":\"<>\"}"),
          json(200, "{\"id\":"),
          json(200, "<html>welcome</html>"),
          json(200, ""),
          json(504, ""),
          new Reaction.Bytes("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"id"),
          new Reaction.Bytes("SMTP? 220\r\n\r\n"));
    }

    static Reaction.Answer error(int status, String message) {
      return json(status, "{\"message\":\"" + message + "\"}");
    }
  }
}
