package io.mailstream.cli;

import io.mailstream.v1.SendRequest;
import java.time.Duration;
import java.util.List;

/** Counts what became of requests, and says what is wrong as it happens. */
final class Tally {

  private final Terminal terminal;
  private int requests;
  private int recipients;
  private int bad;
  private int failed;
  private String hopeless;
  private String lastId = "";

  Tally(Terminal terminal) {
    this.terminal = terminal;
  }

  synchronized void sent(SendRequest request) {
    requests++;
    recipients += request.getTo().size() + request.getCc().size() + request.getBcc().size();
    lastId = request.getRequestId();
  }

  synchronized void bad(String where, List<String> faults) {
    bad++;
    faults.forEach(fault -> terminal.err().println(where + ": " + fault));
  }

  synchronized void failed(String where, String why, boolean isHopeless) {
    failed++;
    if (!isHopeless) {
      terminal.err().println(where + ": " + why);
    } else if (hopeless == null) {
      hopeless = why;
    }
  }

  synchronized boolean isHopeless() {
    return hopeless != null;
  }

  synchronized boolean isFlawless() {
    return bad == 0 && failed == 0;
  }

  /** Ends the command where nothing more can be sent. */
  synchronized void throwIfHopeless() {
    if (hopeless != null) {
      throw new CliException(
          Exit.UNAVAILABLE,
          "%s (%s acknowledged before, %d not)"
              .formatted(hopeless, count(requests, "request"), failed));
    }
  }

  synchronized void printSent() {
    String id = requests == 1 ? " (" + lastId + ")" : "";
    terminal
        .out()
        .printf(
            "%s%s for %s acknowledged%s%n",
            count(requests, "request"), id, count(recipients, "recipient"), problems());
  }

  synchronized void printResults(String byStatus, int open, Duration timeout) {
    String late =
        open == 0
            ? ""
            : "; %s without a result after %d s"
                .formatted(count(open, "recipient"), timeout.toSeconds());
    terminal
        .out()
        .printf(
            "%s for %s: %s%s%s%n",
            count(requests, "request"), count(recipients, "recipient"), byStatus, late, problems());
  }

  private String problems() {
    StringBuilder problems = new StringBuilder();
    if (bad > 0) {
      problems.append("; ").append(count(bad, "bad line")).append(" left out");
    }
    if (failed > 0) {
      problems.append("; ").append(count(failed, "request")).append(" failed");
    }
    return problems.toString();
  }

  private static String count(int number, String thing) {
    return number + " " + thing + (number == 1 ? "" : "s");
  }
}
