package io.mailstream.streams.reputation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * That a stream's mail is held.
 *
 * @param since when it began, in milliseconds since the epoch
 * @param until when it ends; {@link Long#MAX_VALUE}: when it is resumed
 * @param detail why, for people
 * @param issuedBy who wanted it; empty: the guard
 */
public record Pause(long since, long until, String detail, Optional<String> issuedBy) {

  byte[] encode() {
    byte[] why = detail.getBytes(StandardCharsets.UTF_8);
    byte[] who = issuedBy.orElse("").getBytes(StandardCharsets.UTF_8);
    ByteBuffer out =
        ByteBuffer.allocate(2 * Long.BYTES + 2 * Integer.BYTES + why.length + who.length);
    return out.putLong(since)
        .putLong(until)
        .putInt(why.length)
        .put(why)
        .putInt(who.length)
        .put(who)
        .array();
  }

  static Pause read(ByteBuffer in) {
    long since = in.getLong();
    long until = in.getLong();
    String why = text(in);
    return new Pause(since, until, why, Optional.of(text(in)).filter(who -> !who.isEmpty()));
  }

  private static String text(ByteBuffer in) {
    byte[] bytes = new byte[in.getInt()];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
