package io.mailstream.webhook.form;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One field of a body of {@code multipart/form-data} (RFC 7578), of those without a file. Lines may
 * end in LF alone, as some senders have it. For small bodies: the caller bounds them.
 */
public final class MultipartForm {

  private static final Pattern BOUNDARY =
      Pattern.compile(
          ";\\s*boundary=(?:\"([^\"\\r\\n]{1,70})\"|([^\\s;\"]{1,70}))", Pattern.CASE_INSENSITIVE);
  private static final Pattern NAME =
      Pattern.compile(
          "^content-disposition:\\s*form-data\\s*;[^\\n]*?\\bname=(?:\"([^\"\\n]*)\"|([^\\s;]+))",
          Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);
  private static final String MEDIA_TYPE = "multipart/form-data";

  private MultipartForm() {}

  /** Whether a Content-Type says so. */
  public static boolean isMultipart(String contentType) {
    return contentType.toLowerCase(Locale.ROOT).strip().startsWith(MEDIA_TYPE);
  }

  /** The value of a field; empty: there is none, or the body is none of its Content-Type. */
  public static Optional<String> value(String contentType, byte[] body, String name) {
    Matcher boundary = BOUNDARY.matcher(contentType);
    if (!boundary.find()) {
      return Optional.empty();
    }
    String delimiter = "\n--" + (boundary.group(1) == null ? boundary.group(2) : boundary.group(1));
    String text = "\n" + new String(body, StandardCharsets.UTF_8).replace("\r\n", "\n");
    int close = text.indexOf(delimiter + "--");
    String[] parts =
        Pattern.compile(Pattern.quote(delimiter) + "[ \\t]*\\n")
            .split(close < 0 ? text : text.substring(0, close), -1);
    // What stands before the first is no part.
    for (int i = 1; i < parts.length; i++) {
      int blank = parts[i].indexOf("\n\n");
      Matcher named = NAME.matcher(blank < 0 ? "" : parts[i].substring(0, blank));
      if (named.find() && name.equals(named.group(1) == null ? named.group(2) : named.group(1))) {
        return Optional.of(parts[i].substring(blank + 2));
      }
    }
    return Optional.empty();
  }
}
