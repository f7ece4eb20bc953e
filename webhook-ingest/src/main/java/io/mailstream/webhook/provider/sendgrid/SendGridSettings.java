package io.mailstream.webhook.provider.sendgrid;

import java.security.InvalidKeyException;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.util.List;

/**
 * How SendGrid's callbacks are judged.
 *
 * @param keys whose signatures are taken; several while one replaces another
 * @param replayWindow how old a signature may be
 */
public record SendGridSettings(List<ECPublicKey> keys, Duration replayWindow) {

  /** Copies the list. */
  public SendGridSettings {
    keys = List.copyOf(keys);
  }

  /**
   * Reads a verification key as SendGrid shows it.
   *
   * @throws InvalidKeyException if it is no public key of P-256 in Base64
   */
  public static ECPublicKey key(String base64) throws InvalidKeyException {
    return EcdsaP256.key(base64);
  }
}
