package io.mailstream.runtime.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Bearer tokens of RFC 6750 for an HTTP API, each with a scope: to read, or to read and write.
 * Several are valid at once, so that one can be replaced by the next. Without any token everybody
 * who reaches the port may do everything, so then only loopback may be bound.
 *
 * <p>A token is configured as {@code SECRET} (reads), {@code SCOPE:SECRET} or {@code
 * NAME:SCOPE:SECRET}, where the scope is {@code read} or {@code write} and the name says whose it
 * is. A secret has no colon (RFC 6750, section 2.1).
 *
 * <p>To be put before the routes it guards: {@code routing.any("/v1/*", auth)}, and {@link
 * #writing} before those that write.
 */
public final class BearerAuth implements Handler {

  /** Who calls where no token says so. */
  public static final String ANYBODY = "api";

  private static final String SCHEME = "Bearer ";
  private static final String WRITE = "write";
  private static final String READ = "read";

  private final List<Token> tokens;

  @SuppressWarnings("ArrayRecordComponent") // Compared in constant time only.
  private record Token(String name, boolean mayWrite, byte[] digest) {}

  private BearerAuth(List<Token> tokens) {
    this.tokens = tokens;
  }

  /**
   * Guards an API.
   *
   * @param tokens the tokens that are let in, as they are configured; empty: everybody, on loopback
   * @param host the address that the server will listen on
   * @throws IllegalArgumentException if a token is not as it must be, or if there is none and the
   *     host is beyond loopback
   */
  public static BearerAuth of(List<String> tokens, String host) {
    if (tokens.isEmpty() && !isLoopback(host)) {
      throw new IllegalArgumentException(unguarded(host));
    }
    List<String> faults = faults(tokens);
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
    return new BearerAuth(tokens.stream().map(BearerAuth::token).toList());
  }

  /** Says what is wrong with tokens as they are configured, without repeating them. */
  public static List<String> faults(List<String> tokens) {
    List<String> faults = new ArrayList<>();
    for (int i = 0; i < tokens.size(); i++) {
      String[] parts = tokens.get(i).split(":", -1);
      boolean named = parts.length > 1;
      String scope = named ? parts[parts.length - 2].strip() : READ;
      if (parts.length > 3
          || parts[parts.length - 1].isBlank()
          || !(scope.equals(READ) || scope.equals(WRITE))) {
        faults.add(
            "api.tokens: number %d is not SECRET, read:SECRET, write:SECRET or NAME:SCOPE:SECRET"
                .formatted(i + 1));
      }
    }
    return faults;
  }

  private static Token token(String configured) {
    String[] parts = configured.split(":", -1);
    return new Token(
        parts.length > 2 && !parts[0].isBlank() ? parts[0].strip() : ANYBODY,
        parts.length > 1 && parts[parts.length - 2].strip().equals(WRITE),
        sha256(parts[parts.length - 1].strip()));
  }

  /** Says what is wrong with a host beyond loopback where there is no token. */
  public static String unguarded(String host) {
    return "http.host = '%s' is beyond loopback and no token guards the API: set api.tokens, or"
            .formatted(host)
        + " leave http.host at 127.0.0.1";
  }

  /** Whether a host is this machine only. A name that does not resolve is not. */
  public static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** Lets in who has any token. */
  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    Optional<String> header = request.headers().first(HeaderNames.AUTHORIZATION);
    if (tokens.isEmpty() || find(header).isPresent()) {
      response.next();
      return;
    }
    response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer");
    Problem.of(
            401,
            header.isPresent()
                ? "the bearer token is not one of those configured in api.tokens"
                : "send a bearer token: Authorization: Bearer …")
        .send(response);
  }

  /** Lets in who may write; comes after this handler itself. */
  public Handler writing() {
    return (request, response) -> {
      Optional<Token> token = find(request.headers().first(HeaderNames.AUTHORIZATION));
      if (tokens.isEmpty() || token.filter(Token::mayWrite).isPresent()) {
        response.next();
        return;
      }
      response.header(
          HeaderNames.WWW_AUTHENTICATE, "Bearer error=\"insufficient_scope\", scope=\"write\"");
      Problem.of(403, "this token may only read: use one configured as write:… in api.tokens")
          .send(response);
    };
  }

  /** Whose token a request has; {@link #ANYBODY} where it has no name. */
  public String caller(ServerRequest request) {
    return find(request.headers().first(HeaderNames.AUTHORIZATION))
        .map(Token::name)
        .orElse(ANYBODY);
  }

  /** The token of an Authorization header. Takes the same time for every wrong one. */
  private Optional<Token> find(Optional<String> authorization) {
    String header = authorization.orElse("");
    if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.empty();
    }
    // Digests have one length, so that not even a token's length can be measured.
    byte[] given = sha256(header.substring(SCHEME.length()).strip());
    Token found = null;
    for (Token token : tokens) {
      if (MessageDigest.isEqual(token.digest(), given)) {
        found = found == null || token.mayWrite() ? token : found;
      }
    }
    return Optional.ofNullable(found);
  }

  private static byte[] sha256(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
