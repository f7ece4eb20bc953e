package io.mailstream.dns.doctor;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * What is to be examined. Domains are lower-case ASCII without a dot at their end.
 *
 * @param domain the domain in From
 * @param mailFrom the domain of the envelope sender; empty: not known
 * @param dkimDomain the domain that signs, {@code d=}
 * @param selectors the selectors that mail is signed with
 * @param esp the ESP that sends; empty: none, or another
 * @param relays the addresses of own relays
 */
public record Examination(
    String domain,
    Optional<String> mailFrom,
    String dkimDomain,
    List<String> selectors,
    Optional<Esp> esp,
    List<InetAddress> relays) {

  public Examination {
    selectors = List.copyOf(selectors);
    relays = List.copyOf(relays);
  }

  /** The domain whose SPF record counts. */
  String spfDomain() {
    return mailFrom.orElse(domain);
  }

  /** Whether mail is sent with {@link #spfDomain} in its envelope, as far as is known. */
  boolean isSpfDomainUsed() {
    return mailFrom.isPresent()
        || !relays.isEmpty()
        || esp.isEmpty()
        || esp.get().usesSendingDomain();
  }

  /** What the SPF record must include. */
  Optional<String> spfInclude() {
    return mailFrom.isPresent() || esp.filter(Esp::usesSendingDomain).isPresent()
        ? esp.flatMap(Esp::include)
        : Optional.empty();
  }
}
