package io.mailstream.webhook.bounce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.v1.Bounce;
import io.mailstream.v1.BounceCategory;
import io.mailstream.v1.BounceClass;
import io.mailstream.webhook.provider.Samples;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BounceClassifierTest {

  /** What the cases' classes are called here. */
  private static final Map<String, BounceCategory> NAMES =
      Map.of(
          "QuotaIssues", BounceCategory.MAILBOX_FULL,
          "InactiveMailbox", BounceCategory.INACTIVE_MAILBOX,
          "InvalidRecipient", BounceCategory.INVALID_RECIPIENT,
          "BadDomain", BounceCategory.BAD_DOMAIN,
          "Uncategorized", BounceCategory.UNKNOWN);

  /** What only an ESP can say. */
  private static final Set<BounceCategory> OF_ESPS =
      EnumSet.of(BounceCategory.ESP_SUPPRESSED, BounceCategory.UNSUBSCRIBED);

  private final BounceClassifier classifier = BounceClassifier.standard();

  /** docs/esp/bounces.md lists what is missed: nothing. */
  @Test
  void atLeast95InAHundredOfTheCasesAreRight() {
    List<JsonNode> cases = new ArrayList<>();
    Samples.all("bounce-classification").forEach(path -> Samples.read(path).forEach(cases::add));
    List<String> missed =
        cases.stream()
            .filter(one ->
                classifier.classify(null, one.get("input").asText())
                    != NAMES.get(one.get("class").asText()))
            .map(JsonNode::toString)
            .toList();

    System.out.printf(
        "%d of %d bounce cases are right%n", cases.size() - missed.size(), cases.size());
    assertThat(cases).isNotEmpty();
    assertThat(missed.size() * 20).as("missed: %s", missed).isLessThanOrEqualTo(cases.size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "550 5.1.1 <jane@example.com>: Recipient address rejected: User unknown |"
            + " INVALID_RECIPIENT",
        "550 No such user here | INVALID_RECIPIENT",
        "smtp; 550-5.1.1 The email account that you tried to reach does not exist |"
            + " INVALID_RECIPIENT",
        "550 5.5.0 Requested action not taken: mailbox unavailable | INVALID_RECIPIENT",
        "550 5.1.1 <spam@example.com> unknown | INVALID_RECIPIENT",
        "550 #5.1.0 Address rejected. | INVALID_RECIPIENT",
        "550 5.1.2 Host unknown | BAD_DOMAIN",
        "556 5.1.10 Recipient address has null MX | BAD_DOMAIN",
        "Domain not found: NXDOMAIN | BAD_DOMAIN",
        "550 5.2.1 The email account that you tried to reach is disabled | INACTIVE_MAILBOX",
        "554 delivery error: this mailbox is inactive | INACTIVE_MAILBOX",
        "452 4.2.2 The email account is over quota | MAILBOX_FULL",
        "552 5.2.2 mailbox is stuffed | MAILBOX_FULL",
        "550 mailbox full | MAILBOX_FULL",
        "552 5.3.4 message too big | MESSAGE_TOO_LARGE",
        "552 5.2.3 length exceeds limit | MESSAGE_TOO_LARGE",
        "450 4.2.1 The user you are trying to contact is receiving mail too quickly | RATE_LIMITED",
        "421 4.7.28 Our system has detected an unusual rate | RATE_LIMITED",
        "451 4.7.1 Greylisting in action, please come back later | GREYLISTED",
        "450 4.7.0 You are greylisted | GREYLISTED",
        "550 5.7.1 Service unavailable, Client host [192.0.2.1] blocked using Spamhaus |"
            + " REPUTATION",
        "554 5.7.1 Blocked, see blocklist | REPUTATION",
        "550 5.7.26 This mail is unauthenticated | AUTHENTICATION",
        "550 5.7.1 Unauthenticated email from example.com is not accepted due to DMARC |"
            + " AUTHENTICATION",
        "550 5.7.23 SPF validation failed | AUTHENTICATION",
        "554 5.7.1 This message looks like spam | SPAM_CONTENT",
        "552 5.7.0 This message was blocked because its content has a virus | CONTENT_REJECTED",
        "550 5.6.0 content conversion failed | CONTENT_REJECTED",
        "552 5.7.0 executable file is not accepted | ATTACHMENT_REJECTED",
        "550 5.7.1 Access denied | POLICY",
        "554 5.7.0 no | POLICY",
        "550 relaying denied | POLICY",
        "421 4.4.2 Connection dropped | CONNECTION",
        "Connection refused | CONNECTION",
        "450 4.4.7 Message expired | TIMEOUT",
        "503 5.5.1 Bad sequence of commands | PROTOCOL",
        "550 no | GENERAL",
        "451 4.3.0 something | GENERAL",
        "5.0.0 | GENERAL",
        "352 5.2.2 mailbox is stuffed | UNKNOWN",
        "250 2.0.0 OK | UNKNOWN",
        "hello | UNKNOWN"
      })
  void whatServersSay(String text, BounceCategory category) {
    assertThat(classifier.classify(null, text)).isEqualTo(category);
  }

  @Test
  void theStatusThatTheEspGivesGoesBeforeThatOfTheText() {
    assertThat(classifier.classify("5.2.2", "550 5.1.1 no")).isEqualTo(BounceCategory.MAILBOX_FULL);
    assertThat(classifier.classify("", "550 5.1.1 no")).isEqualTo(BounceCategory.INVALID_RECIPIENT);
    assertThat(classifier.classify("none", "550 5.1.1 no"))
        .isEqualTo(BounceCategory.INVALID_RECIPIENT);
    assertThat(classifier.classify("5.1.1", null)).isEqualTo(BounceCategory.INVALID_RECIPIENT);
    assertThat(classifier.classify(null, null)).isEqualTo(BounceCategory.UNKNOWN);
  }

  @Test
  void neitherAddressesNorLinksNorVersionsDecide() {
    assertThat(classifier.classify(null, "550 blacklist@spamhaus.example no"))
        .isEqualTo(BounceCategory.GENERAL);
    assertThat(classifier.classify(null, "550 see https://example.com/user-unknown/spam"))
        .isEqualTo(BounceCategory.GENERAL);
    assertThat(classifier.classify(null, "550 from 5.1.1.7 no")).isEqualTo(BounceCategory.GENERAL);
  }

  @ParameterizedTest
  @EnumSource(BounceCategory.class)
  void everyKindHasARuleOrIsAnEspsToSay(BounceCategory category) throws Exception {
    boolean hasRule = true;
    if (category != BounceCategory.UNKNOWN && category != BounceCategory.GENERAL) {
      hasRule =
          OF_ESPS.contains(category)
              || rules().stream().anyMatch(rule -> rule.category() == category);
    }
    assertThat(hasRule).isTrue();
  }

  /** A rule behind one that always fits first is a mistake. */
  @Test
  void noRuleIsThereTwice() throws Exception {
    assertThat(rules()).extracting(BounceRule::toString).doesNotHaveDuplicates();
    assertThat(rules().stream().flatMap(rule -> rule.phrases().stream()))
        .doesNotHaveDuplicates()
        .allMatch(phrase -> phrase.equals(phrase.toLowerCase(java.util.Locale.ROOT)))
        .noneMatch(String::isBlank);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"GENERAL", "GENERAL -", "NO_SUCH_KIND x.1.1", "GENERAL 6.1.1", "GENERAL x.1"})
  void aLineThatIsNoRuleIsRefused(String line) {
    assertThatIllegalArgumentException().isThrownBy(() -> BounceClassifier.parse(line));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "PERMANENT, INVALID_RECIPIENT, 5.1.1, PERMANENT",
        "PERMANENT, BAD_DOMAIN, -, PERMANENT",
        "PERMANENT, INACTIVE_MAILBOX, 5.2.1, PERMANENT",
        "PERMANENT, GENERAL, -, PERMANENT",
        "PERMANENT, UNKNOWN, -, PERMANENT",
        "PERMANENT, INVALID_RECIPIENT, 4.1.1, TRANSIENT",
        "PERMANENT, GENERAL, 2.1.5, UNDETERMINED",
        "PERMANENT, ESP_SUPPRESSED, 4.0.0, PERMANENT",
        "PERMANENT, UNSUBSCRIBED, -, PERMANENT",
        "PERMANENT, MAILBOX_FULL, 5.2.2, UNDETERMINED",
        "PERMANENT, POLICY, 5.7.1, UNDETERMINED",
        "PERMANENT, SPAM_CONTENT, -, UNDETERMINED",
        "PERMANENT, REPUTATION, -, UNDETERMINED",
        "PERMANENT, AUTHENTICATION, 5.7.26, UNDETERMINED",
        "TRANSIENT, INVALID_RECIPIENT, 5.1.1, TRANSIENT",
        "UNDETERMINED, INVALID_RECIPIENT, 5.1.1, UNDETERMINED"
      })
  void onlyAFaultOfTheAddressIsPermanent(
      BounceClass said, BounceCategory category, String status, BounceClass expected) {
    Bounce bounce = classifier.bounce(said, Optional.of(category), status, null, "x");

    assertThat(bounce.getBounceClass()).isEqualTo(expected);
    assertThat(bounce.getEnhancedStatus()).isEqualTo(status);
  }

  @Test
  void hugeRepliesAreCut() {
    String huge = "550 5.1.1 " + "a@".repeat(500_000) + " no".repeat(500_000);
    Bounce bounce = classifier.bounce(BounceClass.PERMANENT, Optional.empty(), null, huge, huge);

    assertThat(bounce.getDiagnostic()).hasSize(1000);
    assertThat(bounce.getProviderType()).hasSize(200);
    assertThat(bounce.getCategory()).isEqualTo(BounceCategory.INVALID_RECIPIENT);
  }

  private static List<BounceRule> rules() throws Exception {
    try (var in = BounceClassifier.class.getResourceAsStream("bounce-rules.txt")) {
      return BounceClassifier.parse(
          new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
    }
  }
}
