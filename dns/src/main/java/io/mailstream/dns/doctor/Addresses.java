package io.mailstream.dns.doctor;

import java.net.Inet4Address;
import java.net.InetAddress;

/** IP addresses as records have them. */
final class Addresses {

  private Addresses() {}

  /** The mechanism of SPF that names one address. */
  static String spfTerm(InetAddress address) {
    return (address instanceof Inet4Address ? "ip4:" : "ip6:") + address.getHostAddress();
  }
}
