package io.mailstream.sender.provider.sendgrid;

import io.mailstream.sender.provider.HttpProviderContract;
import io.mailstream.sender.provider.ScriptedHttpServer.Reaction;
import java.util.List;
import java.util.Map;

/** SendGrid's provider against a server that speaks SendGrid's dialect. */
class SendGridProviderTest extends HttpProviderContract {

  @Override
  protected Dialect dialect() {
    return new SendGridDialect();
  }

  @Override
  protected HttpAccount account() {
    return new HttpAccount("sendgrid", Map.of(), Map.of("api.key", SECRET));
  }

  /** What SendGrid answers, as its documentation has it. */
  static final class SendGridDialect implements Dialect {

    @Override
    public Reaction.Answer accepted(String messageId) {
      return new Reaction.Answer(202, Map.of("X-Message-Id", messageId), "");
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
      return error(500, "internal error");
    }

    @Override
    public Reaction.Answer wrongCredentials(String secret) {
      return error(401, "The provided authorization grant is invalid: " + secret);
    }

    @Override
    public List<Reaction> malformed() {
      return List.of(
          new Reaction.Answer(202, Map.of(), ""),
          new Reaction.Answer(202, Map.of("X-Message-Id", ""), ""),
          // What the sandbox answers: valid, and not queued.
          new Reaction.Answer(200, Map.of("X-Message-Id", "id-1"), ""),
          json(504, "{}"),
          new Reaction.Bytes(
              "HTTP/1.1 202 Accepted\r\nX-Message-Id: id-1\r\nContent-Length: 9\r\n\r\nx"),
          new Reaction.Bytes("SMTP? 220\r\n\r\n"));
    }

    static Reaction.Answer error(int status, String message) {
      return json(
          status, "{\"errors\":[{\"message\":\"" + message + "\",\"field\":null,\"help\":null}]}");
    }
  }
}
