package io.mailstream.webhook.provider.ses;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Date;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Trusts the certificate at one URL, and only for messages that name it: for a simulator, whose
 * certificate Amazon did not make. The clock decides whether the certificate is valid.
 */
public final class PinnedSnsVerifier implements SnsVerifier {

  private final URI certificateUrl;
  private final Outbound outbound;
  private final InstantSource clock;
  private final AtomicReference<X509Certificate> cached = new AtomicReference<>();

  /**
   * A verifier.
   *
   * @param outbound how the certificate is fetched, when it is first needed
   */
  public PinnedSnsVerifier(URI certificateUrl, Outbound outbound, InstantSource clock) {
    this.certificateUrl = certificateUrl;
    this.outbound = outbound;
    this.clock = clock;
  }

  @Override
  public void verify(SnsEnvelope envelope, byte[] body) throws Forged, IOException {
    if (!envelope.signingCertUrl().equals(certificateUrl)) {
      throw new Forged("the certificate is not the one that is pinned");
    }
    X509Certificate known = cached.get();
    if (known != null && isSignedBy(envelope, known)) {
      return;
    }
    // A simulator that was started again has another certificate.
    X509Certificate fetched = fetch();
    if (!isSignedBy(envelope, fetched)) {
      throw new Forged("the signature does not match");
    }
    cached.set(fetched);
  }

  private boolean isSignedBy(SnsEnvelope envelope, X509Certificate certificate) throws Forged {
    try {
      certificate.checkValidity(Date.from(clock.instant()));
      Signature signature = Signature.getInstance(algorithm(envelope.signatureVersion()));
      signature.initVerify(certificate.getPublicKey());
      signature.update(envelope.stringToSign().getBytes(StandardCharsets.UTF_8));
      return signature.verify(Base64.getDecoder().decode(envelope.signature()));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new Forged("the signature or its certificate is not valid", e);
    }
  }

  private static String algorithm(String signatureVersion) throws Forged {
    return switch (signatureVersion) {
      case "1" -> "SHA1withRSA";
      case "2" -> "SHA256withRSA";
      default -> throw new Forged("the signature version is neither 1 nor 2");
    };
  }

  private X509Certificate fetch() throws Forged, IOException {
    Outbound.Response response = outbound.get(certificateUrl);
    if (!response.isSuccess()) {
      throw new IOException(
          "the certificate's host %s answered with status %d"
              .formatted(certificateUrl.getHost(), response.status()));
    }
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(response.body()));
    } catch (GeneralSecurityException e) {
      throw new Forged("what is at the certificate's URL is no certificate", e);
    }
  }
}
