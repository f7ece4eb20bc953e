package io.mailstream.dns.spf;

import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A range of IP addresses.
 *
 * @param address any address in it
 * @param prefix how many of its first bits all addresses of the range share
 */
public record CidrRange(InetAddress address, int prefix) {

  private static final Pattern V4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}");
  private static final Pattern V6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  /** An IPv4 address, never a name. */
  public static Optional<InetAddress> v4(String text) {
    return V4.matcher(text).matches() ? literal(text) : Optional.empty();
  }

  /** An IPv6 address, never a name. */
  public static Optional<InetAddress> v6(String text) {
    return V6.matcher(text).matches() ? literal(text) : Optional.empty();
  }

  private static Optional<InetAddress> literal(String text) {
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Whether an address is in the range. */
  public boolean contains(InetAddress other) {
    byte[] ours = address.getAddress();
    byte[] theirs = other.getAddress();
    if (ours.length != theirs.length) {
      return false;
    }
    for (int bit = 0; bit < prefix; bit++) {
      int mask = 0x80 >> (bit % 8);
      if ((ours[bit / 8] & mask) != (theirs[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }
}
