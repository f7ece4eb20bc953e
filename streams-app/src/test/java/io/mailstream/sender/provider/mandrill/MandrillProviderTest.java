package io.mailstream.sender.provider.mandrill;

import io.mailstream.sender.provider.HttpProviderContract;
import io.mailstream.sender.provider.ScriptedHttpServer.Reaction;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Mandrill's provider against a server that speaks Mandrill's dialect. */
class MandrillProviderTest extends HttpProviderContract {

  @Override
  protected Dialect dialect() {
    return new MandrillDialect();
  }

  @Override
  protected HttpAccount account() {
    return new HttpAccount("mandrill", Map.of(), Map.of("api.key", SECRET));
  }

  /** What Mandrill answers, as its documentation has it. */
  static final class MandrillDialect implements Dialect {

    @Override
    public Reaction.Answer accepted(String messageId) {
      return entry("sent", "null", messageId);
    }

    @Override
    public Reaction.Answer permanent(String text) {
      return error("ValidationError", text);
    }

    @Override
    public Reaction.Answer throttled() {
      return json(429, "{\"status\":\"error\",\"code\":-1,\"name\":\"Rate\",\"message\":\"\"}");
    }

    @Override
    public Reaction.Answer transientFailure() {
      return error("GeneralError", "try later");
    }

    @Override
    public Reaction.Answer wrongCredentials(String secret) {
      return error("Invalid_Key", "Invalid API key " + secret);
    }

    @Override
    public Optional<Reaction.Answer> refusedWithSuccess() {
      return Optional.of(entry("rejected", "\"hard-bounce\"", "id-1"));
    }

    @Override
    public List<Reaction> malformed() {
      return List.of(
          json(200, "[]"),
          json(200, "[{}]"),
          json(200, "[{\"status\":\"sent\",\"_id\":\"\"}]"),
          json(200, "[{\"status\":\"new to us\",\"_id\":\"id-1\"}]"),
          json(
              200, "[{\"status\":\"sent\",\"_id\":\"1\"},{\"status\":\"rejected\",\"_id\":\"2\"}]"),
          json(200, "[{\"status\":"),
          json(200, "<html>welcome</html>"),
          json(200, ""),
          json(504, ""),
          new Reaction.Bytes("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n[{\"_id"),
          new Reaction.Bytes("SMTP? 220\r\n\r\n"));
    }

    static Reaction.Answer entry(String status, String reason, String id) {
      return json(
          200,
          "[{\"email\":\"user@example.org\",\"status\":\"%s\",\"reject_reason\":%s,\"_id\":\"%s\"}]"
              .formatted(status, reason, id));
    }

    /** Mandrill's errors come with status 500, whatever they are about. */
    static Reaction.Answer error(String name, String message) {
      return json(
          500,
          "{\"status\":\"error\",\"code\":-1,\"name\":\"%s\",\"message\":\"%s\"}"
              .formatted(name, message));
    }
  }
}
