package io.mailstream.sender.provider.ses;

import io.mailstream.sender.provider.HttpProviderContract;
import io.mailstream.sender.provider.ScriptedHttpServer.Reaction;
import java.util.List;
import java.util.Map;

/** SES's provider against a server that speaks SES's dialect. */
class SesProviderTest extends HttpProviderContract {

  @Override
  protected Dialect dialect() {
    return new SesDialect();
  }

  @Override
  protected HttpAccount account() {
    return new HttpAccount(
        "ses",
        Map.of("region", "eu-west-1"),
        Map.of("access.key.id", "AKIDTEST", "secret.access.key", SECRET));
  }

  /** What SES answers, as its service model has it. */
  static final class SesDialect implements Dialect {

    @Override
    public Reaction.Answer accepted(String messageId) {
      return json(200, "{\"MessageId\":\"" + messageId + "\"}");
    }

    @Override
    public Reaction.Answer permanent(String text) {
      return error(400, "MessageRejected", text);
    }

    @Override
    public Reaction.Answer throttled() {
      return error(429, "TooManyRequestsException", "Maximum sending rate exceeded.");
    }

    @Override
    public Reaction.Answer transientFailure() {
      return error(500, "InternalServiceErrorException", "try later");
    }

    @Override
    public Reaction.Answer wrongCredentials(String secret) {
      return error(403, "UnrecognizedClientException", "The token is invalid: " + secret);
    }

    @Override
    public List<Reaction> malformed() {
      return List.of(
          json(200, "{}"),
          json(200, "{\"MessageId\":\"\"}"),
          json(200, "{\"MessageId\":"),
          json(200, "<html>welcome</html>"),
          json(200, ""),
          new Reaction.Bytes("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"Mess"),
          new Reaction.Bytes("SMTP? 220\r\n\r\n"));
    }

    static Reaction.Answer error(int status, String code, String message) {
      return new Reaction.Answer(
          status,
          Map.of("Content-Type", "application/x-amz-json-1.1", "x-amzn-ErrorType", code),
          "{\"message\":\"" + message + "\"}");
    }

    static Reaction.Answer json(int status, String body) {
      return new Reaction.Answer(
          status, Map.of("Content-Type", "application/x-amz-json-1.1"), body);
    }
  }
}
