package io.mailstream.benchmarks.faults.history;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * 128 bits that stand for a delivery or an address, so that millions of them fit into memory.
 *
 * @param high the first 64 bits
 * @param low the others
 */
public record Id(long high, long low) {

  /** Nothing has this id. */
  public static final Id NONE = new Id(0, 0);

  private static final int DIGITS = 32;

  /** The id that 32 hexadecimal digits say, such as a delivery id. */
  public static Id of(String hex) {
    if (hex.length() != DIGITS) {
      throw new IllegalArgumentException("%s: allowed are 32 hexadecimal digits".formatted(hex));
    }
    return new Id(
        HexFormat.fromHexDigitsToLong(hex, 0, DIGITS / 2),
        HexFormat.fromHexDigitsToLong(hex, DIGITS / 2, DIGITS));
  }

  /** The id of any text, such as an address. */
  public static Id ofText(String text) {
    try {
      ByteBuffer hash =
          ByteBuffer.wrap(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
      return new Id(hash.getLong(), hash.getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
  }
}
