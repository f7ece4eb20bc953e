package io.mailstream.streams.query;

import io.helidon.http.BadRequestException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Where a listing goes on: behind a key of a partition. It holds however the list changes and
 * whichever instance has the partition then: what is there all the time is listed once.
 *
 * @param partition the partition
 * @param after the last key that was looked at; empty: none yet
 */
record Cursor(int partition, String after) {

  static final Cursor START = new Cursor(0, "");

  private static final String VERSION = "1:";

  /** The smallest key behind this one, in the order of the store. */
  String next() {
    return after.isEmpty() ? "" : after + '\0';
  }

  String text() {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((VERSION + partition + ":" + after).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads one.
   *
   * @param text null: the start
   * @throws BadRequestException if it is none of ours
   */
  static Cursor of(String text, int partitions) {
    if (text == null) {
      return START;
    }
    try {
      String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
      if (plain.startsWith(VERSION)) {
        int end = plain.indexOf(':', VERSION.length());
        int partition = Integer.parseInt(plain.substring(VERSION.length(), end));
        if (partition >= 0 && partition < partitions) {
          return new Cursor(partition, plain.substring(end + 1));
        }
      }
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      // Told below, with the rest.
    }
    throw new BadRequestException(
        "cursor is none of this API's: give the next of the page before, or leave it out");
  }
}
