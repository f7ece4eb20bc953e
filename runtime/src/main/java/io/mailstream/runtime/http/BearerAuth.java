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
import java.util.List;
import java.util.Optional;

/**
 * Bearer tokens of RFC 6750 for an HTTP API. Without any token everybody who reaches the port is
 * let in, so then only loopback may be bound.
 *
 * <p>To be put before the routes it guards: {@code routing.any("/v1/*", auth)}.
 */
public final class BearerAuth implements Handler {

  private static final String SCHEME = "Bearer ";

  private final List<byte[]> digests;

  private BearerAuth(List<byte[]> digests) {
    this.digests = digests;
  }

  /**
   * Guards an API.
   *
   * @param tokens the tokens that are let in; empty: everybody, on loopback
   * @param host the address that the server will listen on
   * @throws IllegalArgumentException if there is no token and the host is beyond loopback
   */
  public static BearerAuth of(List<String> tokens, String host) {
    if (tokens.isEmpty() && !isLoopback(host)) {
      throw new IllegalArgumentException(unguarded(host));
    }
    return new BearerAuth(tokens.stream().map(BearerAuth::sha256).toList());
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

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    Optional<String> header = request.headers().first(HeaderNames.AUTHORIZATION);
    if (admits(header)) {
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

  /** Whether an Authorization header lets in. Takes the same time for every wrong token. */
  boolean admits(Optional<String> authorization) {
    if (digests.isEmpty()) {
      return true;
    }
    String header = authorization.orElse("");
    if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return false;
    }
    // Digests have one length, so that not even a token's length can be measured.
    byte[] given = sha256(header.substring(SCHEME.length()).strip());
    boolean admitted = false;
    for (byte[] digest : digests) {
      admitted |= MessageDigest.isEqual(digest, given);
    }
    return admitted;
  }

  private static byte[] sha256(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
