package io.mailstream.webhook.provider.ses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that Amazon signed, against both verifiers. */
class SnsVectorsTest {

  private static final Path VECTORS = Path.of("../../shared/fixtures/webhooks/sns");
  private static final String HOST = "sns.us-west-2.amazonaws.com";
  private static final String PEM =
      "SimpleNotificationService-7506a1e35b36ef5a444dd1a8e7cc3ed8.pem";
  private static final URI CERTIFICATE = URI.create("https://" + HOST + "/" + PEM);
  private static final InstantSource SIGNED_THEN =
      InstantSource.fixed(Instant.parse("2026-03-06T20:30:00Z"));

  private final RecordedOutbound outbound = new RecordedOutbound();

  @BeforeEach
  void needVectors() {
    assumeTrue(Files.isDirectory(VECTORS), "the vectors are not at " + VECTORS.toAbsolutePath());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "test-notification-signature-v2.json",
        "test-notification-with-subject.json",
        "test-subscription-confirmation.json"
      })
  void ourVerifierTakesThem(String vector) throws Exception {
    outbound.answers.put(
        CERTIFICATE, new Outbound.Response(200, Files.readAllBytes(VECTORS.resolve(PEM))));
    SnsVerifier verifier = new PinnedSnsVerifier(CERTIFICATE, outbound, SIGNED_THEN);

    assertTakesOnlyTheOriginal(verifier, vector);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "test-notification-signature-v2.json",
        "test-notification-with-subject.json",
        "test-subscription-confirmation.json"
      })
  void amazonsVerifierTakesThem(String vector) throws Exception {
    // The library takes no clock and the certificate's dates pass: the same key, dated anew.
    outbound.answers.put(CERTIFICATE, new Outbound.Response(200, datedAnew()));
    SnsVerifier verifier = new AwsSnsVerifier(outbound, InstantSource.system());

    assertTakesOnlyTheOriginal(verifier, vector);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2025-11-01T00:00:00Z", "2026-10-20T00:00:00Z"})
  void ourVerifierHeedsTheCertificatesDates(String then) throws Exception {
    outbound.answers.put(
        CERTIFICATE, new Outbound.Response(200, Files.readAllBytes(VECTORS.resolve(PEM))));
    SnsVerifier verifier =
        new PinnedSnsVerifier(CERTIFICATE, outbound, InstantSource.fixed(Instant.parse(then)));
    byte[] body = Files.readAllBytes(VECTORS.resolve("test-notification-signature-v2.json"));

    assertThatThrownBy(() -> verifier.verify(SnsEnvelope.parse(body).orElseThrow(), body))
        .isInstanceOf(SnsVerifier.Forged.class);
  }

  private void assertTakesOnlyTheOriginal(SnsVerifier verifier, String vector) throws Exception {
    byte[] body = Files.readAllBytes(VECTORS.resolve(vector));
    SnsEnvelope envelope = SnsEnvelope.parse(body).orElseThrow();
    assertThatCode(() -> verifier.verify(envelope, body)).doesNotThrowAnyException();

    String text = new String(body, StandardCharsets.UTF_8);
    for (String change : new String[] {envelope.messageId(), envelope.message(), "2026-03-06"}) {
      String json = change.replace("\n", "\\n");
      assertThat(text).contains(json);
      byte[] changed =
          text.replace(json, "2026-03-07" + json.substring(Math.min(10, json.length())))
              .getBytes(StandardCharsets.UTF_8);
      SnsEnvelope other = SnsEnvelope.parse(changed).orElseThrow();
      assertThatThrownBy(() -> verifier.verify(other, changed))
          .isInstanceOf(SnsVerifier.Forged.class);
    }
  }

  private static byte[] datedAnew() throws Exception {
    X509Certificate original =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(
                    new ByteArrayInputStream(Files.readAllBytes(VECTORS.resolve(PEM))));
    Instant now = Instant.now();
    return SnsSigner.certificate(
        original.getPublicKey(),
        SnsSigner.newKeys().getPrivate(),
        "sns.amazonaws.com",
        now.minus(Duration.ofDays(1)),
        now.plus(Duration.ofDays(1)));
  }
}
