package io.mailstream.sender.provider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.provider.SendOutcome.Accepted;
import io.mailstream.sender.provider.SendOutcome.Deferred;
import io.mailstream.sender.provider.SendOutcome.Rejected;
import io.mailstream.sender.provider.smtp.SmtpReply.Stage;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmtpRepliesTest {

  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  private static SendOutcome outcome(Stage stage, String text) {
    return new SmtpReplies()
        .outcome(new SmtpReply(stage, Integer.parseInt(text.substring(0, 3)), text), NOW);
  }

  private static String meaning(SendOutcome outcome) {
    return switch (outcome) {
      case Rejected rejected -> rejected.reason().name();
      case Deferred deferred ->
          deferred.scope()
              + deferred
                  .notBefore()
                  .map(t -> " " + (t.getEpochSecond() - NOW.getEpochSecond()) / 60)
                  .orElse("");
      case Accepted accepted -> accepted.providerMessageId();
      default -> outcome.toString();
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          CONNECT | 421 4.3.2 shutting down                                   | MESSAGE
          CONNECT | 421 4.7.0 Too many connections from 10.0.0.1              | RATE
          CONNECT | 554 5.7.1 no service for you                              | ACCOUNT 5
          LOGIN   | 535 5.7.8 authentication failed                           | ACCOUNT 5
          LOGIN   | 454 4.7.0 Temporary authentication failure                | MESSAGE
          LOGIN   | 454 Throttling failure: Too many login attempts           | RATE
          MAIL    | 530 5.7.0 Must issue a STARTTLS command first             | ACCOUNT 5
          MAIL    | 530 Authentication required                               | ACCOUNT 5
          MAIL    | 454 Throttling failure: Maximum sending rate exceeded.    | RATE
          MAIL    | 454 Throttling failure: Daily message quota exceeded.     | ACCOUNT 15
          MAIL    | 452 4.3.1 Insufficient system storage                     | MESSAGE
          MAIL    | 553 5.1.8 sender's domain does not exist                  | IDENTITY 5
          MAIL    | 552 5.3.4 Message size exceeds fixed limit                | TOO_LARGE
          RCPT    | 450 4.2.1 mailbox busy                                    | MESSAGE
          RCPT    | 451 4.7.1 greylisted                                      | MESSAGE
          RCPT    | 550 5.1.1 no such user                                    | INVALID_ADDRESS
          RCPT    | 553 5.6.7 SMTPUTF8 needed                                 | INVALID_ADDRESS
          RCPT    | 550 5.7.1 policy                                          | ESP_REJECTED
          RCPT    | 554 5.7.1 <u@x.org>: Relay access denied                  | ACCOUNT 5
          RCPT    | 552 5.2.2 mailbox full                                    | ESP_REJECTED
          DATA    | 554 5.5.1 no valid recipients                             | ESP_REJECTED
          MESSAGE | 554 Message rejected: Email address is not verified.      | IDENTITY 5
          MESSAGE | 554 5.6.0 spam                                            | ESP_REJECTED
          MESSAGE | 552 too large                                             | TOO_LARGE
          MESSAGE | 421 4.3.0 going down                                      | MESSAGE
          MESSAGE | 250 2.0.0 Ok: queued as 4ZxYq61nLGz                       | 4ZxYq61nLGz
          MESSAGE | 250 Ok 0100018f-abc-000000                                | 250 Ok 0100018f-abc-000000
          """)
  void repliesMean(Stage stage, String text, String meaning) {
    assertThat(meaning(outcome(stage, text))).isEqualTo(meaning);
  }

  @Test
  void loginIsNotQuotedAndAddressesAreMasked() {
    Deferred login = (Deferred) outcome(Stage.LOGIN, "535 5.7.8 wrong: hidden-password");
    assertThat(login.detail()).doesNotContain("hidden");
    Rejected refused = (Rejected) outcome(Stage.RCPT, "550 5.7.1 no mail for jane@example.org");
    assertThat(refused.detail()).contains("5.7.1", "RCPT").doesNotContain("jane");
  }
}
