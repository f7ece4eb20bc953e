package io.mailstream.sender.content;

import java.net.URI;

/** Fetches bytes from where they lie, once, within a bound of time. Safe for many threads. */
interface ContentFetcher extends AutoCloseable {

  /**
   * Fetches.
   *
   * @param size how many bytes are expected; no more than one above is read
   */
  Result fetch(URI uri, long size);

  @Override
  void close();

  /** What came of it. Details are for people. */
  sealed interface Result {

    /** The bytes, whatever they are; of what is too large, nothing more than that is known. */
    record Bytes(byte[] bytes) implements Result {}

    /** It will not be had by trying again. */
    record Refused(String detail) implements Result {}

    /** Perhaps later. */
    record Failed(String detail) implements Result {}
  }
}
