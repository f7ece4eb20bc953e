package io.mailstream.dns.spf;

import io.mailstream.dns.spf.SpfTerm.Kind;
import io.mailstream.dns.spf.SpfTerm.Qualifier;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One SPF record, taken apart (RFC 7208, 4.6 and 12).
 *
 * @param text as it is published
 * @param terms its mechanisms and modifiers, in order
 * @param faults what is no term, for people; a record with faults is a permanent error
 */
public record SpfRecord(String text, List<SpfTerm> terms, List<String> faults) {

  private static final String VERSION = "v=spf1";
  private static final Pattern TERM =
      Pattern.compile("([+?~-]?)([A-Za-z][A-Za-z0-9_.-]*)(?:([:=])(.*?))?(/.*)?");
  private static final Pattern CIDR = Pattern.compile("(?:/(\\d{1,3}))?(?://(\\d{1,3}))?");
  private static final Pattern MACRO =
      Pattern.compile("%(?:[%_-]|\\{[slodiphcrtvSLODIPHCRTV]\\d{0,3}[rR]?[.+,/_=-]*})");

  public SpfRecord {
    terms = List.copyOf(terms);
    faults = List.copyOf(faults);
  }

  /** Whether a TXT record is an SPF record at all. */
  public static boolean isSpf(String text) {
    String start = text.toLowerCase(Locale.ROOT);
    return start.equals(VERSION) || start.startsWith(VERSION + " ");
  }

  /** Takes a record apart that {@link #isSpf} knows. */
  public static SpfRecord parse(String text) {
    List<SpfTerm> terms = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    for (String word : text.substring(VERSION.length()).strip().split(" +", -1)) {
      if (!word.isEmpty()) {
        term(word, faults).ifPresent(terms::add);
      }
    }
    for (Kind once : List.of(Kind.REDIRECT, Kind.EXP)) {
      if (terms.stream().filter(term -> term.kind() == once).count() > 1) {
        faults.add("%s= stands more than once".formatted(once.name().toLowerCase(Locale.ROOT)));
      }
    }
    return new SpfRecord(text, terms, faults);
  }

  /** The first term of a kind. */
  public Optional<SpfTerm> first(Kind kind) {
    return terms.stream().filter(term -> term.kind() == kind).findFirst();
  }

  /** The terms that stand behind {@code all}, which nobody reads. */
  public List<SpfTerm> unread() {
    return terms.stream()
        .dropWhile(Predicate.not(term -> term.kind() == Kind.ALL))
        .skip(1)
        .filter(term -> term.kind() != Kind.EXP && term.kind() != Kind.OTHER)
        .toList();
  }

  private static Optional<SpfTerm> term(String word, List<String> faults) {
    Matcher parts = TERM.matcher(word);
    if (!parts.matches()) {
      faults.add("'%s' is no mechanism".formatted(word));
      return Optional.empty();
    }
    boolean modifier = "=".equals(parts.group(3));
    String name = parts.group(2).toLowerCase(Locale.ROOT);
    Optional<Kind> kind = modifier ? Optional.of(modifier(name)) : mechanism(name);
    if (kind.isEmpty()) {
      faults.add("'%s' is no mechanism: there is no %s".formatted(word, name));
      return Optional.empty();
    }
    if (modifier && !parts.group(1).isEmpty()) {
      faults.add("'%s': a modifier has no sign before it".formatted(word));
      return Optional.empty();
    }
    Qualifier qualifier =
        parts.group(1).isEmpty()
            ? Qualifier.PASS
            : Qualifier.of(parts.group(1).charAt(0)).orElseThrow();
    String value = parts.group(4) == null ? "" : parts.group(4);
    String length = parts.group(5) == null ? "" : parts.group(5);
    return switch (kind.get()) {
      case IP4, IP6 -> range(word, qualifier, kind.get(), value, length, faults);
      case OTHER ->
          Optional.of(
              new SpfTerm(word, qualifier, kind.get(), Optional.empty(), Optional.empty(), 0, 0));
      default -> named(word, qualifier, kind.get(), value, length, faults);
    };
  }

  private static Kind modifier(String name) {
    return switch (name) {
      case "redirect" -> Kind.REDIRECT;
      case "exp" -> Kind.EXP;
      default -> Kind.OTHER;
    };
  }

  private static Optional<Kind> mechanism(String name) {
    return switch (name) {
      case "all" -> Optional.of(Kind.ALL);
      case "include" -> Optional.of(Kind.INCLUDE);
      case "a" -> Optional.of(Kind.A);
      case "mx" -> Optional.of(Kind.MX);
      case "ptr" -> Optional.of(Kind.PTR);
      case "ip4" -> Optional.of(Kind.IP4);
      case "ip6" -> Optional.of(Kind.IP6);
      case "exists" -> Optional.of(Kind.EXISTS);
      default -> Optional.empty();
    };
  }

  private static Optional<SpfTerm> range(
      String word,
      Qualifier qualifier,
      Kind kind,
      String value,
      String length,
      List<String> faults) {
    Optional<InetAddress> address = kind == Kind.IP4 ? CidrRange.v4(value) : CidrRange.v6(value);
    int bits = kind == Kind.IP4 ? 32 : 128;
    int prefix = length.isEmpty() ? bits : number(length.substring(1));
    if (address.isEmpty() || prefix < 0 || prefix > bits) {
      faults.add("'%s' names no range of IPv%d addresses".formatted(word, bits == 32 ? 4 : 6));
      return Optional.empty();
    }
    return Optional.of(
        new SpfTerm(
            word,
            qualifier,
            kind,
            Optional.empty(),
            Optional.of(new CidrRange(address.get(), prefix)),
            0,
            0));
  }

  private static Optional<SpfTerm> named(
      String word,
      Qualifier qualifier,
      Kind kind,
      String value,
      String length,
      List<String> faults) {
    boolean needsDomain =
        switch (kind) {
          case INCLUDE, EXISTS, REDIRECT, EXP -> true;
          default -> false;
        };
    if (needsDomain && value.isEmpty()) {
      faults.add("'%s' names no domain".formatted(word));
      return Optional.empty();
    }
    boolean colonWithoutName = value.isEmpty() && word.contains(":");
    boolean domainOnAll = kind == Kind.ALL && !(value.isEmpty() && length.isEmpty());
    if (colonWithoutName || domainOnAll || !isDomainSpec(value)) {
      faults.add("'%s' names no domain that could be one".formatted(word));
      return Optional.empty();
    }
    Matcher cidr = CIDR.matcher(length);
    boolean mayHaveLength = kind == Kind.A || kind == Kind.MX;
    if (!cidr.matches() || (!length.isEmpty() && !mayHaveLength)) {
      faults.add("'%s': '%s' is no length of a prefix".formatted(word, length));
      return Optional.empty();
    }
    int prefix4 = cidr.group(1) == null ? 32 : number(cidr.group(1));
    int prefix6 = cidr.group(2) == null ? 128 : number(cidr.group(2));
    if (prefix4 > 32 || prefix6 > 128) {
      faults.add("'%s': a prefix is at most /32, or //128 for IPv6".formatted(word));
      return Optional.empty();
    }
    return Optional.of(
        new SpfTerm(
            word,
            qualifier,
            kind,
            Optional.of(value).filter(given -> !given.isEmpty()),
            Optional.empty(),
            prefix4,
            prefix6));
  }

  private static boolean isDomainSpec(String value) {
    String plain = MACRO.matcher(value).replaceAll("x");
    return plain.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '%')
        && !plain.contains("..")
        && !plain.startsWith(".");
  }

  private static int number(String digits) {
    return digits.matches("\\d{1,3}") ? Integer.parseInt(digits) : -1;
  }
}
