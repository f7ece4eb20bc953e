package io.mailstream.sender.provider.ses;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.provider.SendOutcome.Deferred;
import io.mailstream.sender.provider.SendOutcome.Rejected;
import io.mailstream.sender.provider.SendOutcome.Scope;
import io.mailstream.v1.ReasonCode;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SesErrorsTest {

  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  private static SendOutcome outcome(int status, String code, String message, String retryAfter) {
    return SesErrors.outcome(
        new SesErrors.Answer(status, code, message, Optional.ofNullable(retryAfter)), NOW);
  }

  /** The table of errors, row by row; the last column is the park in minutes. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          429 | TooManyRequestsException           | Maximum sending rate exceeded.       | RATE     | -
          429 | ''                                 | ''                                   | RATE     | -
          400 | ThrottlingException                | Rate exceeded                        | RATE     | -
          400 | Throttling                         | Maximum sending rate exceeded.       | RATE     | -
          400 | ThrottlingException                | Daily message quota exceeded.        | ACCOUNT  | 15
          429 | TooManyRequestsException           | Daily message quota exceeded.        | ACCOUNT  | 15
          400 | LimitExceededException             | daily message quota exceeded         | ACCOUNT  | 15
          400 | LimitExceededException             | too many resources                   | ACCOUNT  | 5
          400 | SendingPausedException             | paused                               | ACCOUNT  | 5
          400 | AccountSuspendedException          | suspended                            | ACCOUNT  | 5
          400 | MailFromDomainNotVerifiedException | MAIL FROM not verified               | IDENTITY | 5
          400 | MessageRejected                    | Email address is not verified. a@b.c | IDENTITY | 5
          404 | NotFoundException                  | Configuration set x does not exist.  | ACCOUNT  | 5
          403 | UnrecognizedClientException        | invalid token                        | ACCOUNT  | 5
          403 | InvalidSignatureException          | signature                            | ACCOUNT  | 5
          403 | SignatureDoesNotMatch              | signature                            | ACCOUNT  | 5
          403 | AccessDeniedException              | not authorized                       | ACCOUNT  | 5
          400 | ExpiredTokenException              | expired                              | ACCOUNT  | 5
          403 | ''                                 | ''                                   | ACCOUNT  | 5
          500 | InternalServiceErrorException      | oops                                 | MESSAGE  | -
          503 | ''                                 | ''                                   | MESSAGE  | -
          418 | TeapotException                    | new to us                            | MESSAGE  | -
          """)
  void answerIsDeferredForItsScope(
      int status, String code, String message, Scope scope, Integer park) {
    assertThat(outcome(status, code, message, null))
        .isInstanceOfSatisfying(
            Deferred.class,
            deferred -> {
              assertThat(deferred.scope()).isEqualTo(scope);
              assertThat(deferred.notBefore())
                  .isEqualTo(Optional.ofNullable(park).map(m -> NOW.plusSeconds(60L * m)));
            });
  }

  @ParameterizedTest
  @CsvSource({
    "400, MessageRejected, ESP_REJECTED",
    "400, BadRequestException, ESP_REJECTED",
    "413, '', TOO_LARGE"
  })
  void refusalOfTheMessageIsForGood(int status, String code, ReasonCode reason) {
    assertThat(outcome(status, code, "Transaction failed: too odd", null))
        .isInstanceOfSatisfying(
            Rejected.class, rejected -> assertThat(rejected.reason()).isEqualTo(reason));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          30                            | 2026-11-21T10:00:30Z
          Sat, 21 Nov 2026 10:01:00 GMT | 2026-11-21T10:01:00Z
          Sat, 21 Nov 2026 09:00:00 GMT | -
          0                             | -
          soon                          | -
          -5                            | -
          999999999                     | 2026-11-22T10:00:00Z
          """)
  void retryAfterIsRespected(String field, String expected) {
    Optional<Instant> notBefore = Optional.ofNullable(expected).map(Instant::parse);
    assertThat(((Deferred) outcome(500, "", "", field)).notBefore()).isEqualTo(notBefore);
    assertThat(((Deferred) outcome(429, "", "", field)).notBefore()).isEqualTo(notBefore);
    assertThat(((Deferred) outcome(403, "", "", field)).notBefore())
        .isEqualTo(Optional.of(notBefore.orElse(NOW.plusSeconds(300))));
  }

  @Test
  void detailsHoldNoAddressAndNoSignedRequest() {
    Deferred identity =
        (Deferred)
            outcome(
                400,
                "MessageRejected",
                "Email address is not verified. The following identities failed the check in"
                    + " region EU-WEST-1: jane.doe@example.com\r\nnext",
                null);
    assertThat(identity.detail()).contains("EU-WEST-1").doesNotContain("jane.doe", "\n");
    Deferred signature =
        (Deferred)
            outcome(
                403,
                "SignatureDoesNotMatch",
                "The Canonical String for this request should have been 'POST host:x AKIDSECRET'",
                null);
    assertThat(signature.detail()).contains("SignatureDoesNotMatch").doesNotContain("AKIDSECRET");
    Rejected longText = (Rejected) outcome(400, "MessageRejected", "x".repeat(5000), null);
    assertThat(longText.detail()).hasSizeLessThan(400);
  }
}
