package io.mailstream.sender.provider.common;

import io.mailstream.runtime.logging.Masking;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text of an ESP's as a detail may show it. */
public final class EspText {

  private static final int MAX_LENGTH = 300;

  /** As every detail of an ESP's refusal quotes it: {@code (400 MessageRejected: …)}. */
  private static final Pattern CODE = Pattern.compile("\\((\\d{3})[ :)]");

  private EspText() {}

  /** The status with which the ESP answered, by the detail of an outcome; empty: none is told. */
  public static Optional<String> code(String detail) {
    return Optional.ofNullable(detail)
        .map(CODE::matcher)
        .filter(Matcher::find)
        .map(found -> found.group(1));
  }

  /** The text on one line, short, with addresses masked. */
  public static String shown(String text) {
    String masked = Masking.text(text).replaceAll("\\p{Cntrl}+", " ").strip();
    return masked.length() > MAX_LENGTH ? masked.substring(0, MAX_LENGTH) + "…" : masked;
  }
}
