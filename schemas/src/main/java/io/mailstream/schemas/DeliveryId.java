package io.mailstream.schemas;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The id of one delivery, derived from tenant, idempotency key and recipient, so that every
 * component, and every repeat of a request, computes the same one.
 *
 * <p>The first 16 bytes of the SHA-256 over the three in that order, each as its length in bytes
 * (four bytes, big-endian) and its UTF-8 bytes, in lower-case hexadecimal. 32 characters out of
 * {@code [0-9a-f]}: legal as a tag value with every ESP.
 */
public final class DeliveryId {

  private static final int BYTES = 16;

  private DeliveryId() {}

  /**
   * The id.
   *
   * @param tenant the tenant
   * @param idempotencyKey the idempotency key, or the request id where there is none
   * @param recipientKey the recipient's {@link RecipientKey}
   */
  public static String of(String tenant, String idempotencyKey, String recipientKey) {
    MessageDigest digest = sha256();
    update(digest, tenant);
    update(digest, idempotencyKey);
    update(digest, recipientKey);
    return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
  }

  private static void update(MessageDigest digest, String part) {
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
    digest.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
