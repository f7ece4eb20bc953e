package io.mailstream.dns.doctor;

import io.mailstream.dns.spf.CidrRange;
import io.mailstream.dns.spf.SpfNode;
import io.mailstream.dns.spf.SpfProblem;
import io.mailstream.dns.spf.SpfRecord;
import io.mailstream.dns.spf.SpfResult;
import io.mailstream.dns.spf.SpfTerm;
import io.mailstream.dns.spf.SpfTerm.Kind;
import io.mailstream.dns.spf.SpfTerm.Qualifier;
import io.mailstream.dns.spf.SpfTree;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** Judges what a domain publishes by SPF (RFC 7208). */
final class SpfCheck {

  private static final String PERMANENT =
      "receivers take it for a permanent error, so that SPF passes for no mail at all";
  private static final int MAX_OCTETS = 450;
  private static final int WIDE_4 = 8;
  private static final int WIDE_6 = 16;

  private final String domain;
  private final Optional<String> include;
  private final boolean isUsed;
  private final Findings findings = new Findings(Check.SPF);

  private SpfCheck(String domain, Optional<String> include, boolean isUsed) {
    this.domain = domain;
    this.include = include;
    this.isUsed = isUsed;
  }

  /**
   * Judges.
   *
   * @param domain the domain of the envelope sender
   * @param include the domain that the ESP wants to have included
   * @param isUsed whether mail is sent with this domain in its envelope, as far as is known
   * @param relays the addresses of own relays, which must pass
   */
  static List<Finding> judge(
      String domain,
      SpfResult result,
      Optional<String> include,
      boolean isUsed,
      List<InetAddress> relays) {
    SpfCheck check = new SpfCheck(domain, include, isUsed);
    result.problems().forEach(check::problem);
    if (result.isAbsent()) {
      check.absent(relays);
    }
    result.tree().ifPresent(tree -> check.record(tree, result, relays));
    return check.findings.all();
  }

  private void absent(List<InetAddress> relays) {
    if (!isUsed) {
      findings.note(
          "%s has no SPF record".formatted(domain),
          "mail by this ESP has an envelope sender of another domain, so it makes no difference to"
              + " it; a forger may use this one",
          "give --mail-from, to have the domain examined that is in the envelope; if nothing sends"
              + " with this one there, say so:",
          Publish.text(domain, "v=spf1 -all"));
      return;
    }
    findings.error(
        "%s has no SPF record".formatted(domain),
        "receivers cannot tell your servers from a forger's; Gmail and Yahoo refuse bulk mail"
            + " without SPF",
        "publish one that names all that sends with this envelope sender, and no more",
        Publish.text(domain, "v=spf1 " + suggested(relays) + "~all"));
  }

  private String suggested(List<InetAddress> relays) {
    StringBuilder terms = new StringBuilder();
    include.ifPresent(name -> terms.append("include:").append(name).append(' '));
    relays.forEach(relay -> terms.append(Addresses.spfTerm(relay)).append(' '));
    return terms.toString();
  }

  private void problem(SpfProblem problem) {
    String at = problem.domain();
    String detail = problem.detail();
    switch (problem.kind()) {
      case SYNTAX ->
          findings.error(
              "the SPF record of %s cannot be read: %s".formatted(at, detail),
              PERMANENT,
              theirs(at, "correct it"));
      case SEVERAL_RECORDS ->
          findings.error(
              "%s has %d SPF records".formatted(at, detail.split("\n").length),
              PERMANENT,
              theirs(at, "put them together into one"),
              at.equals(domain)
                  ? new Publish[] {Publish.text(at, merged(detail))}
                  : new Publish[0]);
      case NO_RECORD_THERE ->
          findings.error(
              "%s of %s leads where there is no SPF record".formatted(detail, at),
              PERMANENT,
              theirs(at, "take it out, or correct the name"));
      case LOOP ->
          findings.error(
              "SPF records lead in a circle: %s".formatted(detail),
              PERMANENT,
              theirs(at, "take the last step out"));
      case TOO_MANY_EXCHANGES ->
          findings.error(
              "%s of %s leads to more than ten MX hosts".formatted(detail, at),
              PERMANENT,
              theirs(at, "name the addresses by ip4 and ip6 instead"));
      case VOID ->
          findings.warning(
              "%s of %s finds nothing".formatted(detail, at),
              "it costs a look-up, and with more than %d that find nothing SPF fails for all mail"
                  .formatted(SpfResult.MAX_VOIDS),
              theirs(at, "take it out, or correct the name"));
      case UNANSWERED -> findings.unknown("SPF of %s: %s".formatted(at, detail));
    }
  }

  private String theirs(String at, String fix) {
    return at.equals(domain)
        ? fix
        : "%s; the record is that of %s: tell them, or do without it".formatted(fix, at);
  }

  /** One record out of several: the terms of all, each once, with the mildest end. */
  private static String merged(String records) {
    StringBuilder all = new StringBuilder("v=spf1 ");
    records
        .lines()
        .flatMap(line -> SpfRecord.parse(line).terms().stream())
        .filter(term -> term.kind() != Kind.ALL)
        .map(SpfTerm::text)
        .distinct()
        .forEach(term -> all.append(term).append(' '));
    return all.append("~all").toString();
  }

  private void record(SpfTree tree, SpfResult result, List<InetAddress> relays) {
    limits(result);
    end(tree);
    terms(tree, true);
    String text = tree.record().text();
    if (text.length() > MAX_OCTETS) {
      findings.note(
          "the SPF record of %s has %d characters".formatted(domain, text.length()),
          "with the other TXT records it may not fit into an answer over UDP, and some receivers"
              + " ask no further",
          "move parts of it to other names and include these, or take out what sends no more");
    }
    if (!tree.record().unread().isEmpty()) {
      findings.warning(
          "in the SPF record of %s, %s stands behind all"
              .formatted(domain, tree.record().unread().getFirst().text()),
          "nobody reads what stands behind all",
          "move it before all, or take it out");
    }
    result
        .macros()
        .forEach(term ->
            findings.note(
                "%s depends on the mail and was not followed".formatted(term),
                "what it finds can be another answer for each mail",
                ""));
    include(tree);
    relays.forEach(relay -> relay(tree, relay));
    if (findings.areGood()) {
      findings.ok("%s: %s (%d of 10 look-ups)".formatted(domain, text, result.lookups()));
    }
  }

  private void limits(SpfResult result) {
    int most = SpfResult.MAX_LOOKUPS;
    if (result.lookups() > most) {
      findings.error(
          "the SPF record of %s needs %d look-ups; %d are allowed"
              .formatted(domain, result.lookups(), most),
          PERMANENT + " that is not named before the limit (RFC 7208, 4.6.4)",
          "take out what sends no more, name own addresses by ip4 and ip6, or send by a domain of"
              + " its own for each ESP: each envelope sender has ten look-ups of its own");
    } else if (result.lookups() >= most - 1) {
      findings.note(
          "the SPF record of %s needs %d of 10 look-ups".formatted(domain, result.lookups()),
          "one more include, here or in an included record, and it fails",
          "");
    }
    if (result.voids() > SpfResult.MAX_VOIDS) {
      findings.error(
          "%d look-ups of the SPF record of %s find nothing; %d are allowed"
              .formatted(result.voids(), domain, SpfResult.MAX_VOIDS),
          PERMANENT,
          "take out the terms that find nothing");
    }
  }

  private void end(SpfTree tree) {
    Optional<SpfTerm> all = tree.record().first(Kind.ALL);
    if (all.isEmpty()) {
      if (tree.record().first(Kind.REDIRECT).isEmpty()) {
        findings.warning(
            "the SPF record of %s has no all at its end".formatted(domain),
            "what nothing matches is neutral, as if there were no SPF",
            "end it with ~all",
            Publish.text(domain, tree.record().text().strip() + " ~all"));
      }
      return;
    }
    String mended = tree.record().text().replaceFirst("(?i)[+?]?all\\b", "~all");
    switch (all.get().qualifier()) {
      case PASS ->
          findings.error(
              "the SPF record of %s ends with %s".formatted(domain, all.get().text()),
              "it lets everybody send in your name, and spam filters know it for that",
              "end it with ~all",
              Publish.text(domain, mended));
      case NEUTRAL ->
          findings.warning(
              "the SPF record of %s ends with ?all".formatted(domain),
              "what is forged is neutral, as if there were no SPF",
              "end it with ~all",
              Publish.text(domain, mended));
      case FAIL, SOFTFAIL -> {}
    }
  }

  /** What is doubtful in the domain's own record and those that are included. */
  private void terms(SpfTree tree, boolean own) {
    for (SpfNode node : tree.nodes()) {
      SpfTerm term = node.term();
      if (term.kind() == Kind.PTR) {
        findings.warning(
            "the SPF record of %s uses ptr".formatted(tree.domain()),
            "it is slow, not reliable, and many receivers ignore it (RFC 7208, 5.5)",
            theirs(tree.domain(), "name the addresses by ip4 and ip6 instead"));
      }
      if (own && term.qualifier() == Qualifier.PASS) {
        term.range().filter(SpfCheck::isWide).ifPresent(range -> wide(term));
      }
      node.child().ifPresent(child -> terms(child, false));
    }
  }

  private static boolean isWide(CidrRange range) {
    return range.prefix() < (range.address().getAddress().length == 4 ? WIDE_4 : WIDE_6);
  }

  private void wide(SpfTerm term) {
    findings.error(
        "%s in the SPF record of %s lets a large part of the internet send"
            .formatted(term.text(), domain),
        "it is +all by another name, and spam filters know it for that",
        "name the addresses that send, and no more");
  }

  private void include(SpfTree tree) {
    if (include.isPresent() && !includes(tree, include.get())) {
      findings.error(
          "the SPF record of %s does not include %s".formatted(domain, include.get()),
          "SPF fails for all mail that the ESP sends with this envelope sender",
          "add include:%s".formatted(include.get()),
          Publish.text(
              domain,
              tree.record().text().replaceFirst("(?i)^v=spf1", "v=spf1 include:" + include.get())));
    }
  }

  private static boolean includes(SpfTree tree, String name) {
    return tree.nodes().stream()
        .anyMatch(node ->
            node.term().domain().filter(name::equalsIgnoreCase).isPresent()
                || node.child().filter(child -> includes(child, name)).isPresent());
  }

  private void relay(SpfTree tree, InetAddress relay) {
    Qualifier answer = tree.check(relay);
    if (answer == Qualifier.PASS) {
      return;
    }
    findings.error(
        "the SPF record of %s says %s for the relay %s"
            .formatted(domain, answer, relay.getHostAddress()),
        "SPF fails for all mail that this relay sends with this envelope sender",
        "add %s before all".formatted(Addresses.spfTerm(relay)),
        Publish.text(
            domain,
            tree.record()
                .text()
                .replaceFirst("(?i)^v=spf1", "v=spf1 " + Addresses.spfTerm(relay))));
  }
}
