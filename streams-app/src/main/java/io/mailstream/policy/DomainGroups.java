package io.mailstream.policy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Domains whose mail one mailbox provider takes: its limits are for all of them together. By the
 * domain's name, not by its MX: a company's own domain is in no group unless the policies say so.
 */
public final class DomainGroups {

  /** The domains that the large mailbox providers give out addresses in. */
  static final Map<String, List<String>> KNOWN =
      Map.of(
          "google", List.of("gmail.com", "googlemail.com"),
          "microsoft",
              List.of(
                  "outlook.com",
                  "hotmail.com",
                  "hotmail.co.uk",
                  "hotmail.fr",
                  "hotmail.de",
                  "hotmail.it",
                  "hotmail.es",
                  "live.com",
                  "live.co.uk",
                  "live.fr",
                  "live.nl",
                  "msn.com",
                  "outlook.de",
                  "outlook.fr",
                  "outlook.es"),
          "yahoo",
              List.of(
                  "yahoo.com",
                  "yahoo.co.uk",
                  "yahoo.fr",
                  "yahoo.de",
                  "yahoo.it",
                  "yahoo.es",
                  "yahoo.ca",
                  "yahoo.co.in",
                  "yahoo.com.br",
                  "ymail.com",
                  "rocketmail.com",
                  "aol.com",
                  "aim.com"),
          "apple", List.of("icloud.com", "me.com", "mac.com"));

  /** How many groups metrics tell apart; the known ones and room for a user's own. */
  public static final int MOST_TOLD = 50;

  private static final String OTHER = "other";

  private final Map<String, String> groupOf = new HashMap<>();

  private DomainGroups() {}

  /**
   * The known groups and the given ones; one of a known group's name replaces it.
   *
   * @param given domains in lower-case ASCII by the group's name
   */
  static DomainGroups of(Map<String, List<String>> given) {
    Map<String, List<String>> all = new HashMap<>(KNOWN);
    all.putAll(given);
    DomainGroups groups = new DomainGroups();
    all.forEach((group, domains) -> domains.forEach(domain -> groups.groupOf.put(domain, group)));
    // A domain that the user puts in a group has left the known one.
    given.forEach((group, domains) -> domains.forEach(domain -> groups.groupOf.put(domain, group)));
    return groups;
  }

  /** The known groups. */
  public static DomainGroups known() {
    return of(Map.of());
  }

  /** The group of a domain in lower-case ASCII, or the domain itself where it is in none. */
  public String nameOf(String domain) {
    return groupOf.getOrDefault(domain, domain);
  }

  /** What {@link #labelOf} can say. */
  public Set<String> labels() {
    Set<String> labels = new TreeSet<>(groupOf.values());
    labels.add(OTHER);
    return labels;
  }

  /**
   * What metrics tell of a recipient: the group of its domain, never the domain or the address.
   *
   * @param recipientKey the recipient's key
   */
  public String labelOf(String recipientKey) {
    return groupOf.getOrDefault(recipientKey.substring(recipientKey.lastIndexOf('@') + 1), OTHER);
  }
}
