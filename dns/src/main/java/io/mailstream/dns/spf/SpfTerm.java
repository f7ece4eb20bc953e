package io.mailstream.dns.spf;

import java.util.Optional;

/**
 * A mechanism or a modifier of an SPF record.
 *
 * @param text as it stands in the record
 * @param qualifier what a match means; PASS for modifiers
 * @param kind which mechanism or modifier
 * @param domain the domain that it names, macros and all; empty: none, the record's own is meant
 * @param range what ip4 and ip6 name
 * @param prefix4 how many bits of an IPv4 address count, for a and mx
 * @param prefix6 how many bits of an IPv6 address count, for a and mx
 */
public record SpfTerm(
    String text,
    Qualifier qualifier,
    Kind kind,
    Optional<String> domain,
    Optional<CidrRange> range,
    int prefix4,
    int prefix6) {

  /** What a match means. */
  public enum Qualifier {
    PASS('+'),
    FAIL('-'),
    SOFTFAIL('~'),
    NEUTRAL('?');

    private final char sign;

    Qualifier(char sign) {
      this.sign = sign;
    }

    static Optional<Qualifier> of(char sign) {
      for (Qualifier qualifier : values()) {
        if (qualifier.sign == sign) {
          return Optional.of(qualifier);
        }
      }
      return Optional.empty();
    }
  }

  /** Mechanisms and modifiers. */
  public enum Kind {
    ALL(false),
    INCLUDE(true),
    A(true),
    MX(true),
    PTR(true),
    IP4(false),
    IP6(false),
    EXISTS(true),
    REDIRECT(true),
    EXP(false),
    /** A modifier that nobody knows, to be ignored (RFC 7208, 6). */
    OTHER(false);

    private final boolean looksUp;

    Kind(boolean looksUp) {
      this.looksUp = looksUp;
    }

    /** Whether it counts among the ten look-ups (RFC 7208, 4.6.4). */
    public boolean looksUp() {
      return looksUp;
    }
  }

  /** Whether what it names depends on the mail, by a macro. */
  boolean hasMacro() {
    return domain.filter(name -> name.contains("%")).isPresent();
  }
}
