package io.mailstream.embedded.ses;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * How often each delivery id was accepted: 20 bytes an entry, so that millions of sends can be
 * counted beside a broker. An open-addressing table of the ids' 128 bits; ids of another form than
 * 32 hexadecimal digits are hashed to as many.
 */
final class DeliveryCounts {

  /** Beyond it new ids are not counted: about 200 MB. */
  private static final int MAX_CAPACITY = 1 << 23;

  private static final int ID_CHARACTERS = 32;

  private long[] high = new long[1024];
  private long[] low = new long[1024];
  private int[] counts = new int[1024];
  private int size;

  /** Adds one and returns the new count; 0 where the table is full. */
  synchronized int add(String id) {
    long[] key = key(id);
    int slot = slot(key[0], key[1]);
    if (counts[slot] == 0) {
      if (size >= counts.length / 2) {
        if (counts.length == MAX_CAPACITY) {
          return 0;
        }
        grow();
        slot = slot(key[0], key[1]);
      }
      high[slot] = key[0];
      low[slot] = key[1];
      size++;
    }
    return ++counts[slot];
  }

  synchronized int count(String id) {
    long[] key = key(id);
    return counts[slot(key[0], key[1])];
  }

  /** How many ids were accepted at least once. */
  synchronized int size() {
    return size;
  }

  /** How many ids were accepted more than once. */
  synchronized int repeated() {
    return (int) Arrays.stream(counts).filter(count -> count > 1).count();
  }

  synchronized void clear() {
    high = new long[1024];
    low = new long[1024];
    counts = new int[1024];
    size = 0;
  }

  private int slot(long keyHigh, long keyLow) {
    int mask = counts.length - 1;
    int slot = (int) (keyHigh ^ (keyLow >>> 17)) & mask;
    while (counts[slot] != 0 && (high[slot] != keyHigh || low[slot] != keyLow)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] oldHigh = high;
    long[] oldLow = low;
    int[] oldCounts = counts;
    high = new long[oldHigh.length * 2];
    low = new long[oldLow.length * 2];
    counts = new int[oldCounts.length * 2];
    for (int i = 0; i < oldCounts.length; i++) {
      if (oldCounts[i] > 0) {
        int slot = slot(oldHigh[i], oldLow[i]);
        high[slot] = oldHigh[i];
        low[slot] = oldLow[i];
        counts[slot] = oldCounts[i];
      }
    }
  }

  private static long[] key(String id) {
    if (id.length() == ID_CHARACTERS && id.chars().allMatch(HexFormat::isHexDigit)) {
      return new long[] {
        HexFormat.fromHexDigitsToLong(id, 0, 16), HexFormat.fromHexDigitsToLong(id, 16, 32)
      };
    }
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
      ByteBuffer bits = ByteBuffer.wrap(hash);
      return new long[] {bits.getLong(), bits.getLong()};
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
