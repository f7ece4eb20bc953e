package io.mailstream.sender.provider.common;

import io.mailstream.runtime.logging.Masking;

/** Text of an ESP's as a detail may show it. */
public final class EspText {

  private static final int MAX_LENGTH = 300;

  private EspText() {}

  /** The text on one line, short, with addresses masked. */
  public static String shown(String text) {
    String masked = Masking.text(text).replaceAll("\\p{Cntrl}+", " ").strip();
    return masked.length() > MAX_LENGTH ? masked.substring(0, MAX_LENGTH) + "…" : masked;
  }
}
