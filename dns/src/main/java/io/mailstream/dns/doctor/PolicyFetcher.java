package io.mailstream.dns.doctor;

import java.net.URI;

/** Fetches a small text file by HTTPS. */
public interface PolicyFetcher {

  /** What came of it. */
  sealed interface Result {

    /**
     * The file.
     *
     * @param contentType as the server says, or empty
     * @param text its text
     */
    record File(String contentType, String text) implements Result {}

    /**
     * There is none, or it cannot be had.
     *
     * @param why for people
     */
    record Failed(String why) implements Result {}
  }

  /** Fetches; waits for the server, within a bound. */
  Result fetch(URI uri);
}
