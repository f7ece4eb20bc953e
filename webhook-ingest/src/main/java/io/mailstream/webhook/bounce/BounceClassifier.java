package io.mailstream.webhook.bounce;

import io.mailstream.v1.Bounce;
import io.mailstream.v1.BounceCategory;
import io.mailstream.v1.BounceClass;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Tells what kind of bounce it is from what the recipient's server said, by the rules in {@code
 * bounce-rules.txt}: the first that fits. docs/esp/bounces.md lists the kinds.
 */
public final class BounceClassifier {

  private static final String RULES = "bounce-rules.txt";
  private static final int MAX_DIAGNOSTIC = 1000;
  private static final int MAX_PROVIDER_TYPE = 200;
  private static final BounceClassifier STANDARD = new BounceClassifier(load());

  private final List<BounceRule> rules;

  BounceClassifier(List<BounceRule> rules) {
    this.rules = List.copyOf(rules);
  }

  /** By the rules that come along. */
  public static BounceClassifier standard() {
    return STANDARD;
  }

  private static List<BounceRule> load() {
    try (InputStream in = BounceClassifier.class.getResourceAsStream(RULES)) {
      if (in == null) {
        throw new IllegalStateException(RULES + " is not in the jar: build it anew");
      }
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads rules, one a line; what stands behind a # is for people. */
  static List<BounceRule> parse(String text) {
    return text.lines()
        .map(line -> line.replaceFirst("#.*", "").strip())
        .filter(line -> !line.isEmpty())
        .map(BounceRule::parse)
        .toList();
  }

  /**
   * What kind it is: GENERAL where no rule fits, UNKNOWN where nothing says that anything failed.
   *
   * @param status the enhanced status code; null: the diagnostic's, if it has one
   * @param diagnostic what the server said; null: nothing
   */
  public BounceCategory classify(String status, String diagnostic) {
    return classify(SmtpReply.of(status, diagnostic));
  }

  private BounceCategory classify(SmtpReply reply) {
    boolean saysNothing = reply.code().isEmpty() && reply.status().isEmpty();
    if (!saysNothing && !reply.isFailure()) {
      return BounceCategory.UNKNOWN;
    }
    return rules.stream()
        .filter(rule -> rule.fits(reply))
        .findFirst()
        .map(BounceRule::category)
        .orElse(saysNothing ? BounceCategory.UNKNOWN : BounceCategory.GENERAL);
  }

  /**
   * A bounce in our terms.
   *
   * @param said how lasting the ESP says it is
   * @param known what kind the ESP says it is; empty: judged by the rules
   * @param status the enhanced status code; null: none was given
   * @param diagnostic what the server said; null: nothing
   * @param providerType the ESP's own classification
   */
  public Bounce bounce(
      BounceClass said,
      Optional<BounceCategory> known,
      String status,
      String diagnostic,
      String providerType) {
    SmtpReply reply = SmtpReply.of(status, diagnostic);
    BounceCategory category = known.orElseGet(() -> classify(reply));
    return Bounce.newBuilder()
        .setBounceClass(judge(said, category, reply.status()))
        .setCategory(category)
        .setEnhancedStatus(reply.status().orElse(null))
        .setDiagnostic(clip(diagnostic, MAX_DIAGNOSTIC))
        .setProviderType(clip(providerType, MAX_PROVIDER_TYPE))
        .build();
  }

  /**
   * How lasting a bounce is for the address: what an ESP calls permanent is not where the server
   * said "later", or spoke of the mail, of policy or of the sender and not of the address.
   */
  private static BounceClass judge(
      BounceClass said, BounceCategory category, Optional<String> status) {
    if (said != BounceClass.PERMANENT) {
      return said;
    }
    if (category == BounceCategory.ESP_SUPPRESSED || category == BounceCategory.UNSUBSCRIBED) {
      return BounceClass.PERMANENT;
    }
    return switch (status.map(text -> text.charAt(0)).orElse('5')) {
      case '4' -> BounceClass.TRANSIENT;
      case '2' -> BounceClass.UNDETERMINED;
      default -> ofPermanent(category);
    };
  }

  /** How lasting a permanent failure of this kind is for the address. */
  public static BounceClass ofPermanent(BounceCategory category) {
    return switch (category) {
      case UNKNOWN,
          GENERAL,
          INVALID_RECIPIENT,
          BAD_DOMAIN,
          INACTIVE_MAILBOX,
          ESP_SUPPRESSED,
          UNSUBSCRIBED ->
          BounceClass.PERMANENT;
      case MAILBOX_FULL,
          MESSAGE_TOO_LARGE,
          CONTENT_REJECTED,
          ATTACHMENT_REJECTED,
          TIMEOUT,
          POLICY,
          SPAM_CONTENT,
          REPUTATION,
          GREYLISTED,
          RATE_LIMITED,
          AUTHENTICATION,
          CONNECTION,
          PROTOCOL ->
          BounceClass.UNDETERMINED;
    };
  }

  private static String clip(String text, int max) {
    return text == null || text.length() <= max ? text : text.substring(0, max);
  }
}
