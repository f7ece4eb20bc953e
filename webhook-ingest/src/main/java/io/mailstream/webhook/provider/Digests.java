package io.mailstream.webhook.provider;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Digests and MACs, and comparing them without telling by time how much was right. */
public final class Digests {

  private Digests() {}

  /** SHA-256 of the parts one after the other, as hexadecimal digits. */
  public static String sha256Hex(byte[]... parts) {
    return HexFormat.of().formatHex(sha256(parts));
  }

  /** SHA-256 of the parts one after the other. */
  public static byte[] sha256(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * Whether one of the keys makes this MAC of a message. Takes the same time whichever it is.
   *
   * @param algorithm such as HmacSHA256
   */
  public static boolean isMac(String algorithm, List<byte[]> keys, byte[] message, byte[] mac) {
    boolean isOne = false;
    for (byte[] key : keys) {
      isOne |= MessageDigest.isEqual(mac(algorithm, key, message), mac);
    }
    return isOne;
  }

  /** Whether a secret is one of these. Takes the same time for every wrong one of any length. */
  public static boolean isOneOf(List<byte[]> secrets, byte[] given) {
    byte[] digest = sha256(given);
    boolean isOne = false;
    for (byte[] secret : secrets) {
      isOne |= MessageDigest.isEqual(sha256(secret), digest);
    }
    return isOne;
  }

  /** Secrets as the bytes that they are used as. */
  public static List<byte[]> utf8(List<String> secrets) {
    return secrets.stream().map(secret -> secret.getBytes(StandardCharsets.UTF_8)).toList();
  }

  private static byte[] mac(String algorithm, byte[] key, byte[] message) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(key, algorithm));
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + algorithm, e);
    }
  }
}
