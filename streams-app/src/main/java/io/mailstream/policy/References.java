package io.mailstream.policy;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Where content may lie that requests refer to, and how large it may be. What is not listed is
 * fetched from nowhere.
 *
 * @param allowed what references may begin with; empty: there are no references
 * @param maxBytes the largest content, in bytes
 */
public record References(List<URI> allowed, long maxBytes) {

  /** No references. */
  public static final References NONE = new References(List.of(), 0);

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  /** What would mean another path to the server than it says here. */
  private static final List<String> DISGUISES = List.of("%2e", "%2f", "%5c", "\\", "//");

  /** What is allowed to stand in a list, for messages. */
  static final String RULE =
      "https://host/folder/ or s3://bucket/folder/, ending in a slash, without user, query and"
          + " fragment";

  /** A prefix as the policies write it; empty: it is none. */
  static Optional<URI> prefix(String text) {
    return parse(text)
        .filter(uri -> uri.getRawQuery() == null && uri.getRawPath().endsWith("/"))
        .filter(References::isPlain);
  }

  /** Whether there are any. */
  public boolean isEmpty() {
    return allowed.isEmpty();
  }

  /** Whether content may be fetched from S3. */
  public boolean useS3() {
    return allowed.stream().anyMatch(uri -> uri.getScheme().equals("s3"));
  }

  /** The address of a reference, where it is one of those allowed. */
  public Optional<URI> find(String reference) {
    return parse(reference)
        .filter(References::isPlain)
        .filter(uri -> allowed.stream().anyMatch(prefix -> isBelow(prefix, uri)));
  }

  private static boolean isBelow(URI prefix, URI uri) {
    return prefix.getScheme().equals(uri.getScheme())
        && prefix.getRawAuthority().equals(uri.getRawAuthority())
        && uri.getRawPath().startsWith(prefix.getRawPath())
        && uri.getRawPath().length() > prefix.getRawPath().length();
  }

  private static Optional<URI> parse(String text) {
    try {
      URI uri = new URI(text);
      return uri.isOpaque() || uri.getRawAuthority() == null || uri.getScheme() == null
          ? Optional.empty()
          : Optional.of(uri);
    } catch (java.net.URISyntaxException e) {
      return Optional.empty();
    }
  }

  /** Says where it leads, to everybody the same; over plain HTTP to this machine alone. */
  private static boolean isPlain(URI uri) {
    String path = uri.getRawPath().toLowerCase(Locale.ROOT);
    boolean scheme =
        switch (uri.getScheme()) {
          case "https" -> uri.getHost() != null;
          case "http" -> uri.getHost() != null && LOOPBACK.contains(uri.getHost());
          case "s3" -> uri.getRawQuery() == null && uri.getPort() < 0;
          default -> false;
        };
    return scheme
        && uri.getRawUserInfo() == null
        && uri.getRawAuthority().indexOf('@') < 0
        && uri.getRawFragment() == null
        && path.startsWith("/")
        && DISGUISES.stream().noneMatch(path::contains)
        && uri.equals(uri.normalize());
  }
}
