package io.mailstream.sender;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;

/**
 * What one committed offset says of a partition of the dispatch topics: the write-ahead of the
 * sends. Together with the offset itself, which is the finished prefix, it tells a new owner
 * exactly which sends are finished, which may have been made, and which were never started.
 *
 * <ul>
 *   <li>below {@link #prefix()}, or {@link #isFinished finished}: done;
 *   <li>from the prefix up to {@link #startedUpTo()} and not finished: uncertain;
 *   <li>from {@link #startedUpTo()} on: never started.
 * </ul>
 *
 * <p>It travels as the metadata string of the committed offset: {@code 1.} (the version), then
 * Base64 without padding of: the commit id (8 bytes, big-endian), the started offsets beyond the
 * prefix (unsigned LEB128 varint), and a bitmap, least bit first, in which bit <i>i</i> stands for
 * offset prefix + <i>i</i> and says finished; zero bytes at its end are left out. With a window of
 * at most {@link #MAX_WINDOW} offsets it stays within Kafka's default bound on metadata.
 */
final class StartedOffsets {

  /** Kafka's default {@code offset.metadata.max.bytes}; going beyond is fatal to a producer. */
  static final int MAX_METADATA_LENGTH = 4096;

  /** The most offsets that may lie between a prefix and what is started beyond it. */
  static final int MAX_WINDOW = 16_384;

  private static final String VERSION = "1.";
  private static final int MAX_VARINT = 10;

  private final long prefix;
  private final long startedUpTo;
  private final BitSet finished;
  private final long commitId;

  /**
   * A state of a partition.
   *
   * @param prefix the offset to be committed: everything below is finished
   * @param startedUpTo the first offset that was not started, at least the prefix
   * @param finished bit <i>i</i>: offset prefix + <i>i</i> is finished; owned by this object from
   *     here on
   * @param commitId tells this commit from every other, so that one whose answer was lost can be
   *     looked up
   */
  StartedOffsets(long prefix, long startedUpTo, BitSet finished, long commitId) {
    if (prefix < 0 || startedUpTo < prefix) {
      throw new IllegalArgumentException(
          "prefix %d, started up to %d: out of order".formatted(prefix, startedUpTo));
    }
    if (finished.length() > startedUpTo - prefix) {
      throw new IllegalArgumentException(
          "offset %d finished, but started only up to %d"
              .formatted(prefix + finished.length() - 1, startedUpTo));
    }
    this.prefix = prefix;
    this.startedUpTo = startedUpTo;
    this.finished = finished;
    this.commitId = commitId;
  }

  /** Nothing started at or above an offset. */
  static StartedOffsets nothingStarted(long prefix) {
    return new StartedOffsets(prefix, prefix, new BitSet(), 0);
  }

  /** The first offset that is not finished; everything below is. */
  long prefix() {
    return prefix;
  }

  /** The first offset that was never started. */
  long startedUpTo() {
    return startedUpTo;
  }

  /** The id of the commit that wrote it. */
  long commitId() {
    return commitId;
  }

  /** Whether the send of a record is over. */
  boolean isFinished(long offset) {
    return offset < prefix || (offset < startedUpTo && finished.get(bit(offset)));
  }

  /** Whether the send of a record was started and not seen to end. */
  boolean isUncertain(long offset) {
    return offset < startedUpTo && !isFinished(offset);
  }

  /** The first uncertain offset at or above another, or {@link #startedUpTo()}. */
  long firstUncertain(long from) {
    long start = Math.max(from, prefix);
    return start >= startedUpTo
        ? startedUpTo
        : Math.min(startedUpTo, prefix + finished.nextClearBit(bit(start)));
  }

  /** The first finished offset at or above another, or -1 where there is none. */
  long firstFinished(long from) {
    long start = Math.max(from, prefix);
    int next = start >= startedUpTo ? -1 : finished.nextSetBit(bit(start));
    return next < 0 ? -1 : prefix + next;
  }

  /** What is known where both are: what either says is started, is; what either says ended, did. */
  StartedOffsets join(StartedOffsets other) {
    long from = Math.max(prefix, other.prefix);
    long to = Math.max(startedUpTo, other.startedUpTo);
    BitSet ended = new BitSet();
    for (StartedOffsets each : List.of(this, other)) {
      for (long next = each.firstFinished(from); next >= 0; next = each.firstFinished(next + 1)) {
        ended.set((int) (next - from));
      }
    }
    return new StartedOffsets(from, to, ended, commitId);
  }

  private int bit(long offset) {
    return (int) Math.min(Integer.MAX_VALUE - 1, offset - prefix);
  }

  /**
   * The metadata of the committed offset.
   *
   * @throws IllegalStateException if it would be longer than {@link #MAX_METADATA_LENGTH}, which a
   *     window within {@link #MAX_WINDOW} never is
   */
  String metadata() {
    byte[] bitmap = finished.toByteArray();
    ByteBuffer buffer = ByteBuffer.allocate(Long.BYTES + MAX_VARINT + bitmap.length);
    buffer.putLong(commitId);
    putVarint(buffer, startedUpTo - prefix);
    buffer.put(bitmap).flip();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    String base64 = Base64.getEncoder().withoutPadding().encodeToString(bytes);
    int length = VERSION.length() + base64.length();
    if (length > MAX_METADATA_LENGTH) {
      throw new IllegalStateException(
          "the metadata of offset %d would take %d characters, at most %d are allowed"
              .formatted(prefix, length, MAX_METADATA_LENGTH));
    }
    return VERSION + base64;
  }

  /**
   * Reads a committed offset.
   *
   * @param offset the committed offset
   * @param metadata its metadata
   * @throws IllegalArgumentException if the metadata is not of this form; says what it is
   */
  static StartedOffsets parse(long offset, String metadata) {
    if (!metadata.startsWith(VERSION)) {
      throw new IllegalArgumentException(
          metadata.isEmpty()
              ? "the offset carries no metadata: it was not written by a sender"
              : "the metadata does not begin with '" + VERSION + "': another version wrote it");
    }
    try {
      ByteBuffer buffer =
          ByteBuffer.wrap(Base64.getDecoder().decode(metadata.substring(VERSION.length())));
      long commitId = buffer.getLong();
      long started = getVarint(buffer);
      return new StartedOffsets(
          offset, Math.addExact(offset, started), BitSet.valueOf(buffer), commitId);
    } catch (BufferUnderflowException | ArithmeticException e) {
      throw new IllegalArgumentException("the metadata is cut short or out of range", e);
    }
  }

  private static void putVarint(ByteBuffer buffer, long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      buffer.put((byte) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    buffer.put((byte) rest);
  }

  private static long getVarint(ByteBuffer buffer) {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = buffer.get();
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new ArithmeticException("a varint longer than a long");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StartedOffsets that
        && prefix == that.prefix
        && startedUpTo == that.startedUpTo
        && commitId == that.commitId
        && finished.equals(that.finished);
  }

  @Override
  public int hashCode() {
    return Objects.hash(prefix, startedUpTo, commitId, finished);
  }

  @Override
  public String toString() {
    return "finished below %d, started up to %d, finished beyond %s"
        .formatted(prefix, startedUpTo, finished);
  }
}
