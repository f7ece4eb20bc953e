package io.mailstream.embedded.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** The head of an HTTP/1.1 request; header fields are looked up in its text. */
public final class RawRequest {

  private final String method;
  private final String path;
  private final String query;
  private final String fields;

  private RawRequest(String method, String path, String query, String fields) {
    this.method = method;
    this.path = path;
    this.query = query;
    this.fields = fields;
  }

  /** Parses a head, its closing empty line left out; empty where it is none. */
  static Optional<RawRequest> parse(byte[] bytes) {
    String head = new String(bytes, StandardCharsets.ISO_8859_1);
    int endOfLine = head.indexOf("\r\n");
    String line = endOfLine < 0 ? head : head.substring(0, endOfLine);
    int afterMethod = line.indexOf(' ');
    int afterTarget = line.lastIndexOf(' ');
    if (afterMethod <= 0 || afterTarget <= afterMethod || !line.endsWith("HTTP/1.1")) {
      return Optional.empty();
    }
    String target = line.substring(afterMethod + 1, afterTarget);
    int question = target.indexOf('?');
    return Optional.of(
        new RawRequest(
            line.substring(0, afterMethod),
            question < 0 ? target : target.substring(0, question),
            question < 0 ? "" : target.substring(question + 1),
            endOfLine < 0 ? "" : head.substring(endOfLine)));
  }

  /** The method, such as {@code POST}. */
  public String method() {
    return method;
  }

  /** The path as sent, without the query. */
  public String path() {
    return path;
  }

  /** The first value of a query parameter, decoded. */
  public Optional<String> query(String name) {
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0 && decode(pair.substring(0, equals)).equals(name)) {
        return Optional.of(decode(pair.substring(equals + 1)));
      }
    }
    return Optional.empty();
  }

  /** The first field of a name, whatever its case. */
  public Optional<String> header(String name) {
    for (int at = fields.indexOf("\r\n"); at >= 0; at = fields.indexOf("\r\n", at + 2)) {
      int start = at + 2;
      int colon = start + name.length();
      if (colon < fields.length()
          && fields.charAt(colon) == ':'
          && fields.regionMatches(true, start, name, 0, name.length())) {
        int end = fields.indexOf("\r\n", colon);
        return Optional.of(fields.substring(colon + 1, end < 0 ? fields.length() : end).strip());
      }
    }
    return Optional.empty();
  }

  boolean hasHeader(String name, String value) {
    return header(name).filter(found -> found.toLowerCase(Locale.ROOT).contains(value)).isPresent();
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
