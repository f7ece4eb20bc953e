package io.mailstream.dns.doctor;

import io.mailstream.dns.Answer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Judges the keys of DKIM (RFC 6376, RFC 8301, RFC 8463). */
final class DkimCheck {

  private static final int LEAST_BITS = 1024;
  private static final int GOOD_BITS = 2048;
  private static final int MOST_BITS = 4096;
  private static final int ED25519_BYTES = 32;
  private static final String UNVERIFIED = "no receiver can verify what is signed with this key";
  private static final String NEW_KEY =
      "make a new key pair, publish its public key under a new selector, and sign with that";

  private final String name;
  private final Findings findings = new Findings(Check.DKIM);

  private DkimCheck(String name) {
    this.name = name;
  }

  /** The name under which a selector's key stands. */
  static String name(String selector, String domain) {
    return selector + "._domainkey." + domain;
  }

  /**
   * Judges what stands under the name of a selector that mail is signed with.
   *
   * @param alias the CNAME of the name, where an ESP keeps the key
   */
  static List<Finding> judge(String name, Answer<String> answer, Answer<String> alias) {
    DkimCheck check = new DkimCheck(name);
    check.records(answer, alias);
    return check.findings.all();
  }

  private void records(Answer<String> answer, Answer<String> alias) {
    if (findings.unanswered(name, answer)) {
      return;
    }
    List<String> records = answer.values();
    if (records.isEmpty() && !alias.values().isEmpty()) {
      findings.error(
          "%s is a CNAME of %s, where there is no key".formatted(name, alias.values().getFirst()),
          UNVERIFIED + ", so DKIM fails for mail with this selector",
          "compare the CNAME with what your ESP shows, and see there that the domain is verified");
    } else if (records.isEmpty()) {
      findings.error(
          "there is no key under %s".formatted(name),
          UNVERIFIED + ", so DKIM fails for mail with this selector",
          "publish the TXT record, or the CNAME, that your ESP shows for this selector; with a key"
              + " of your own:",
          Publish.text(name, "v=DKIM1; k=rsa; p=<the public key in Base64>"));
    } else if (records.size() > 1) {
      findings.error(
          "there are %d TXT records under %s".formatted(records.size(), name),
          "which of them a receiver takes is chance (RFC 6376, 3.6.2.2)",
          "leave only the one with the key that signs");
    } else {
      key(Tags.parse(records.getFirst()), records.getFirst());
    }
  }

  private void key(Tags tags, String text) {
    tags.faults()
        .forEach(fault ->
            findings.error(
                "the key under %s cannot be read: %s".formatted(name, fault),
                UNVERIFIED,
                "publish it again as it was given, in one piece"));
    Optional<String> version = tags.get("v");
    if (version.isPresent()
        && !(version.get().equals("DKIM1")
            && tags.values().keySet().iterator().next().equals("v"))) {
      findings.error(
          "the key under %s says v=%s, or not at its beginning".formatted(name, version.get()),
          UNVERIFIED,
          "begin it with v=DKIM1");
    }
    flags(tags);
    Optional<String> key = tags.get("p").map(value -> value.replaceAll("\\s", ""));
    if (key.isEmpty()) {
      findings.error(
          "the record under %s has no p=".formatted(name),
          UNVERIFIED,
          "publish the record with the public key in p=");
    } else if (key.get().isEmpty()) {
      findings.error(
          "the key under %s is revoked: its p= is empty".formatted(name),
          "mail that is signed with it fails DKIM (RFC 6376, 3.6.1)",
          "sign with another selector; leave this as it is once nothing is signed with it");
    } else {
      material(tags.get("k").orElse("rsa").toLowerCase(Locale.ROOT), key.get(), text);
    }
  }

  private void flags(Tags tags) {
    if (list(tags, "t").contains("y")) {
      findings.warning(
          "the key under %s is marked as a test: t=y".formatted(name),
          "receivers may treat mail that is signed with it as not signed",
          "take t=y out once signing works");
    }
    if (tags.get("h").isPresent() && !list(tags, "h").contains("sha256")) {
      findings.error(
          "the key under %s allows only h=%s".formatted(name, tags.values().get("h")),
          "nothing but SHA-256 is taken any more (RFC 8301)",
          "take h= out");
    }
    if (tags.get("s").isPresent()
        && list(tags, "s").stream().noneMatch(type -> type.equals("*") || type.equals("email"))) {
      findings.error(
          "the key under %s is not for mail: s=%s".formatted(name, tags.values().get("s")),
          UNVERIFIED,
          "take s= out");
    }
  }

  private static List<String> list(Tags tags, String name) {
    return tags.get(name).stream()
        .flatMap(value -> Arrays.stream(value.split(":")))
        .map(part -> part.strip().toLowerCase(Locale.ROOT))
        .toList();
  }

  private void material(String type, String base64, String text) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      findings.error(
          "the key under %s is not Base64".formatted(name),
          UNVERIFIED,
          "publish it again as it was given: a piece is missing, or a character is too many");
      return;
    }
    switch (type) {
      case "rsa" -> rsa(bytes);
      case "ed25519" -> ed25519(bytes);
      default ->
          findings.error(
              "the key under %s is of an unknown kind: k=%s".formatted(name, type),
              UNVERIFIED,
              "use k=rsa");
    }
    if (findings.areGood()) {
      findings.ok("%s: a key of k=%s (%d characters)".formatted(name, type, text.length()));
    }
  }

  private void rsa(byte[] bytes) {
    int bits;
    try {
      bits =
          ((RSAPublicKey)
                  KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(bytes)))
              .getModulus()
              .bitLength();
    } catch (GeneralSecurityException e) {
      findings.error(
          "the key under %s is no RSA public key".formatted(name),
          UNVERIFIED,
          "publish it again as it was given: the part between the BEGIN and END lines of the"
              + " public key, in one line");
      return;
    }
    if (bits < LEAST_BITS) {
      findings.error(
          "the RSA key under %s has %d bits".formatted(name, bits),
          "receivers must not take less than 1024 (RFC 8301): DKIM fails",
          NEW_KEY + " (2048 bits)");
    } else if (bits < GOOD_BITS) {
      findings.warning(
          "the RSA key under %s has %d bits".formatted(name, bits),
          "1024 bits can be broken by who has much to spend; 2048 are expected (RFC 8301)",
          NEW_KEY + " (2048 bits)");
    } else if (bits > MOST_BITS) {
      findings.warning(
          "the RSA key under %s has %d bits".formatted(name, bits),
          "receivers need not verify more than 4096, and many do not",
          NEW_KEY + " (2048 bits)");
    }
  }

  private void ed25519(byte[] bytes) {
    if (bytes.length != ED25519_BYTES) {
      findings.error(
          "the Ed25519 key under %s has %d bytes in place of 32".formatted(name, bytes.length),
          UNVERIFIED,
          "publish the 32 bytes of the key alone, in Base64 (RFC 8463)");
      return;
    }
    findings.note(
        "the key under %s is an Ed25519 key".formatted(name),
        "many receivers do not verify it yet and take such mail as not signed",
        "sign with an RSA key as well, under another selector");
  }
}
