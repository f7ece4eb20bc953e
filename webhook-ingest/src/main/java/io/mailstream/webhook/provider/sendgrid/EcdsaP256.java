package io.mailstream.webhook.provider.sendgrid;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ECDSA over P-256 with SHA-256. Amazon's native provider where it loads: it takes a fraction of
 * the time of the JDK's, which does the work everywhere else.
 */
public final class EcdsaP256 {

  private static final Logger log = LoggerFactory.getLogger(EcdsaP256.class);
  private static final String CURVE = "secp256r1";
  private static final ECParameterSpec P256 = p256();

  private final Optional<Provider> provider;

  private EcdsaP256(Optional<Provider> provider) {
    this.provider = provider;
  }

  /** The fastest there is here. */
  public static EcdsaP256 fastest() {
    Optional<Provider> amazon = nativeProvider();
    log.info(
        "ECDSA signatures are verified by {}",
        amazon.map(Provider::toString).orElse("the JDK: Amazon's provider does not load here"));
    return new EcdsaP256(amazon);
  }

  /** The JDK's own. */
  static EcdsaP256 ofJdk() {
    return new EcdsaP256(Optional.empty());
  }

  /** Amazon's; empty where its library does not load: another platform, or no place to unpack. */
  static Optional<EcdsaP256> ofAmazon() {
    return nativeProvider().map(Optional::of).map(EcdsaP256::new);
  }

  private static Optional<Provider> nativeProvider() {
    try {
      AmazonCorrettoCryptoProvider amazon = AmazonCorrettoCryptoProvider.INSTANCE;
      return amazon.getLoadingError() == null ? Optional.of(amazon) : Optional.empty();
    } catch (LinkageError e) {
      log.debug("no native cryptography", e);
      return Optional.empty();
    }
  }

  /**
   * Whether a signature holds.
   *
   * @param signature r and s as DER
   * @param message what is signed, in parts
   */
  public boolean verify(ECPublicKey key, byte[] signature, byte[]... message) {
    try {
      Signature verifier = verifier();
      verifier.initVerify(key);
      for (byte[] part : message) {
        verifier.update(part);
      }
      return verifier.verify(signature);
    } catch (SignatureException e) {
      // Both providers say in this way that it is no signature at all.
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("ECDSA over P-256 is not there", e);
    }
  }

  private Signature verifier() throws NoSuchAlgorithmException {
    return provider.isPresent()
        ? Signature.getInstance("SHA256withECDSA", provider.get())
        : Signature.getInstance("SHA256withECDSA");
  }

  /**
   * Reads a public key: the Base64 of a SubjectPublicKeyInfo, as SendGrid shows it.
   *
   * @throws InvalidKeyException if it is none, or not one of P-256
   */
  static ECPublicKey key(String base64) throws InvalidKeyException {
    try {
      byte[] encoded = Base64.getDecoder().decode(base64.strip());
      if (KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(encoded))
              instanceof ECPublicKey key
          && isP256(key.getParams())) {
        return key;
      }
    } catch (IllegalArgumentException | InvalidKeySpecException e) {
      throw new InvalidKeyException("no public key", e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has EC", e);
    }
    throw new InvalidKeyException("no public key of P-256");
  }

  private static boolean isP256(ECParameterSpec parameters) {
    return parameters.getCurve().equals(P256.getCurve())
        && parameters.getGenerator().equals(P256.getGenerator())
        && parameters.getOrder().equals(P256.getOrder());
  }

  private static ECParameterSpec p256() {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec(CURVE));
      return parameters.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has P-256", e);
    }
  }
}
