package io.mailstream.cli;

import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Map;

/**
 * What a command reads from and writes to.
 *
 * @param in standard input
 * @param out standard output: what was asked for
 * @param err standard error: everything else
 * @param env the environment
 * @param colours whether standard output is a terminal that wants colours
 */
public record Terminal(
    InputStream in, PrintWriter out, PrintWriter err, Map<String, String> env, boolean colours) {

  private static final String RESET = "\u001b[0m";

  /** The colours in use. */
  enum Colour {
    GREEN("\u001b[32m"),
    YELLOW("\u001b[33m"),
    RED("\u001b[31m");

    private final String code;

    Colour(String code) {
      this.code = code;
    }
  }

  /** A text in a colour, where there are colours. */
  String in(Colour colour, String text) {
    return colours ? colour.code + text + RESET : text;
  }
}
