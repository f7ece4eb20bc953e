package io.mailstream.sender.provider;

import io.mailstream.policy.Account;
import io.mailstream.sender.provider.ScriptedHttpServer.Reaction;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import javax.net.ServerSocketFactory;

/** The contract for an ESP that is reached by HTTP; a subclass brings its dialect. */
public abstract class HttpProviderContract extends EmailProviderContract {

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

    /** Does not know this credential. */
    Reaction.Answer wrongCredentials(String secret);

    /** Answers that claim success and do not say what was taken. */
    List<Reaction> malformed();

    /** Refused the message for good, with a status of success. */
    default Optional<Reaction.Answer> refusedWithSuccess() {
      return Optional.empty();
    }
  }

  /**
   * What an account with the ESP is given beside address and timeout.
   *
   * @param kind the ESP's name in the policies
   * @param settings further settings
   * @param credentials by the ESP's own names, {@link #SECRET} among them
   */
  public record HttpAccount(
      String kind, Map<String, String> settings, Map<String, String> credentials) {}

  protected abstract Dialect dialect();

  protected abstract HttpAccount account();

  @Override
  protected final EmailProvider connect(URI endpoint, Duration callTimeout) {
    HttpAccount account = account();
    Map<String, String> settings = new TreeMap<>(account.settings());
    settings.put("endpoint", endpoint.toString());
    settings.put("call_timeout", callTimeout.toMillis() + "ms");
    Map<String, String> credentials = new TreeMap<>();
    account.credentials().forEach((key, value) -> credentials.put("accounts.main." + key, value));
    return ProviderFactory.create(
        new Account("main", account.kind(), Optional.empty(), settings), credentials);
  }

  @Override
  protected boolean has(Step step) {
    return super.has(step) || dialect().refusedWithSuccess().isPresent();
  }

  @Override
  protected Esp start(Step step) throws IOException {
    return new HttpEsp(ScriptedHttpServer.plain(reaction(step)));
  }

  @Override
  protected Esp startTls(ServerSocketFactory sockets) throws IOException {
    return new HttpEsp(ScriptedHttpServer.https(sockets, dialect().accepted(MESSAGE_ID)));
  }

  @Override
  protected List<Callable<Esp>> malformed() {
    return dialect().malformed().stream()
        .<Callable<Esp>>map(reaction -> () -> new HttpEsp(ScriptedHttpServer.plain(reaction)))
        .toList();
  }

  @Override
  protected URI nobody(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }

  @Override
  protected URI unknownHost() {
    return URI.create("http://nowhere.invalid:80");
  }

  private Reaction reaction(Step step) {
    Dialect dialect = dialect();
    return switch (step) {
      case ACCEPT -> dialect.accepted(MESSAGE_ID);
      case ACCEPT_AND_CLOSE -> new Reaction.AnswerAndClose(dialect.accepted(MESSAGE_ID));
      case REFUSE -> dialect.permanent(REFUSAL);
      case THROTTLE -> dialect.throttled();
      case THROTTLE_FOR_90_S -> withHeader(dialect.throttled(), "Retry-After", "90");
      case FAIL -> dialect.transientFailure();
      case REFUSE_CREDENTIALS -> dialect.wrongCredentials(SECRET);
      case RESET_IN_REQUEST -> new Reaction.ResetInRequest();
      case RESET_AFTER_REQUEST -> new Reaction.ResetAfterRequest();
      case CLOSE_AFTER_REQUEST -> new Reaction.CloseAfterRequest();
      case SILENCE -> new Reaction.Silence();
      case REFUSE_WITH_SUCCESS -> dialect.refusedWithSuccess().orElseThrow();
    };
  }

  /** An answer of JSON. */
  public static Reaction.Answer json(int status, String body) {
    return new Reaction.Answer(status, Map.of("Content-Type", "application/json"), body);
  }

  /** The answer with one more field. */
  public static Reaction.Answer withHeader(Reaction.Answer answer, String name, String value) {
    Map<String, String> headers = new TreeMap<>(answer.headers());
    headers.put(name, value);
    return new Reaction.Answer(answer.status(), headers, answer.body());
  }

  private record HttpEsp(ScriptedHttpServer server) implements Esp {

    @Override
    public URI uri() {
      return server.uri();
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
      return server.requests().size();
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
