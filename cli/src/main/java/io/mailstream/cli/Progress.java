package io.mailstream.cli;

import java.time.Duration;

/** A line on standard error that says how far a command has come; on a terminal only. */
final class Progress {

  private static final int WIDTH = 30;
  private static final long REFRESH = Duration.ofMillis(200).toNanos();

  private final Terminal terminal;
  private long shownAt = System.nanoTime() - REFRESH;
  private boolean shown;

  Progress(Terminal terminal) {
    this.terminal = terminal;
  }

  /**
   * Shows it, if it is time to.
   *
   * @param done how much of the whole
   * @param whole how much there is; 0: not known
   */
  void show(long done, long whole, String what) {
    if (!terminal.colours() || System.nanoTime() - shownAt < REFRESH) {
      return;
    }
    shownAt = System.nanoTime();
    shown = true;
    terminal.err().print("\r" + bar(done, whole) + what + "\u001b[K");
    terminal.err().flush();
  }

  static String bar(long done, long whole) {
    if (whole <= 0) {
      return "";
    }
    int filled = Math.clamp(done * WIDTH / whole, 0, WIDTH);
    return "[%s%s] %3d %%  "
        .formatted(
            "#".repeat(filled), ".".repeat(WIDTH - filled), Math.min(100, done * 100 / whole));
  }

  /** Takes it away. */
  void clear() {
    if (shown) {
      terminal.err().print("\r\u001b[K");
      terminal.err().flush();
    }
  }
}
