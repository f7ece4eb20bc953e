package io.mailstream.dns;

/**
 * An MX record.
 *
 * @param preference the lower, the sooner it is tried
 * @param host the name of the host, without a dot at its end; empty for the root, which is a null
 *     MX (RFC 7505)
 */
public record MailExchange(int preference, String host) {

  /** Whether it says that the domain takes no mail (RFC 7505). */
  public boolean isNull() {
    return host.isEmpty();
  }
}
