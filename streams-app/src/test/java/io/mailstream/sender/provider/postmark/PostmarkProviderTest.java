package io.mailstream.sender.provider.postmark;

import io.mailstream.sender.provider.HttpProviderContract;
import io.mailstream.sender.provider.ScriptedHttpServer.Reaction;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Postmark's provider against a server that speaks Postmark's dialect. */
class PostmarkProviderTest extends HttpProviderContract {

  @Override
  protected Dialect dialect() {
    return new PostmarkDialect();
  }

  @Override
  protected HttpAccount account() {
    return new HttpAccount("postmark", Map.of(), Map.of("server.token", SECRET));
  }

  /** What Postmark answers, as its documentation has it. */
  static final class PostmarkDialect implements Dialect {

    @Override
    public Reaction.Answer accepted(String messageId) {
      return json(
          200,
          "{\"To\":\"user@example.org\",\"SubmittedAt\":\"2026-11-21T10:15:31Z\",\"MessageID\":\""
              + messageId
              + "\",\"ErrorCode\":0,\"Message\":\"OK\"}");
    }

    @Override
    public Reaction.Answer permanent(String text) {
      return error(422, 300, text);
    }

    @Override
    public Reaction.Answer throttled() {
      return error(429, 429, "Rate limit exceeded");
    }

    @Override
    public Reaction.Answer transientFailure() {
      return json(500, "");
    }

    @Override
    public Reaction.Answer wrongCredentials(String secret) {
      return error(401, 10, "The server token is not valid: " + secret);
    }

    @Override
    public Optional<Reaction.Answer> refusedWithSuccess() {
      return Optional.of(error(200, 406, "You tried to send to an inactive recipient."));
    }

    @Override
    public List<Reaction> malformed() {
      return List.of(
          json(200, "{}"),
          json(200, "{\"ErrorCode\":0,\"Message\":\"OK\",\"MessageID\":\"\"}"),
          json(200, "{\"MessageID\":"),
          json(200, "<html>welcome</html>"),
          json(200, ""),
          json(504, ""),
          new Reaction.Bytes("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"Mess"),
          new Reaction.Bytes("SMTP? 220\r\n\r\n"));
    }

    static Reaction.Answer error(int status, int code, String message) {
      return json(status, "{\"ErrorCode\":" + code + ",\"Message\":\"" + message + "\"}");
    }
  }
}
