package io.mailstream.webhook;

import io.mailstream.webhook.provider.Nonce;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A {@link Nonce} as a record: its id is the key, its body and its end are the value, as text. */
final class NonceRecord {

  private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern VALUE = Pattern.compile("([0-9a-f]{64}) (\\d{1,15})");

  private NonceRecord() {}

  static byte[] key(Nonce nonce) {
    return nonce.id().getBytes(StandardCharsets.US_ASCII);
  }

  static byte[] value(Nonce nonce) {
    return (nonce.body() + " " + nonce.expiresAt().toEpochMilli())
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** Reads a record; empty: it is none of ours. */
  static Optional<Nonce> read(byte[] key, byte[] value) {
    if (key == null || value == null) {
      return Optional.empty();
    }
    String id = new String(key, StandardCharsets.US_ASCII);
    Matcher matcher = VALUE.matcher(new String(value, StandardCharsets.US_ASCII));
    return ID.matcher(id).matches() && matcher.matches()
        ? Optional.of(
            new Nonce(id, matcher.group(1), Instant.ofEpochMilli(Long.parseLong(matcher.group(2)))))
        : Optional.empty();
  }
}
