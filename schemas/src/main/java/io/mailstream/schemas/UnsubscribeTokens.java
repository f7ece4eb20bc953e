package io.mailstream.schemas;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tokens for unsubscribe links: each names a tenant, a stream, a recipient and an end, shows none
 * of them to who has no key, and cannot be made or changed without one.
 *
 * <p>The form, for other languages ({@code vectors/unsubscribe-token.json} has examples): Base64url
 * without padding of
 *
 * <pre>
 *   version (1 byte, 1) | key id (1 byte) | nonce (12 bytes) | AES-256-GCM(content) and its tag
 * </pre>
 *
 * <p>The first two bytes are the additional data. The content is the end in seconds since the epoch
 * (4 bytes, unsigned), then tenant, stream and recipient, each as its length in bytes (2 bytes) and
 * its UTF-8 bytes, then zeros up to a multiple of 32 bytes, so that its length says little; all
 * big-endian. The key of the cipher is HMAC-SHA256(key, {@code "mailstream unsubscribe 1
 * content"}); the nonce is the first 12 bytes of HMAC-SHA256(HMAC-SHA256(key, {@code "mailstream
 * unsubscribe 1 nonce"}), content). So the same subscription has the same token: a mail that is
 * sent again is the same, byte for byte, and a nonce does not come twice for two contents.
 *
 * <p>Thread-safe.
 */
public final class UnsubscribeTokens {

  /** The length of a key in bytes. */
  public static final int KEY_BYTES = 32;

  /** The most bytes of tenant, stream and recipient together. */
  public static final int MAX_BYTES = 1024;

  private static final byte VERSION = 1;
  private static final int HEAD_BYTES = 2;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BYTES = 16;
  private static final int PADDED_TO = 32;
  private static final int FIXED_BYTES = Integer.BYTES + 3 * Short.BYTES;
  private static final int MAX_TOKEN_BYTES =
      HEAD_BYTES + NONCE_BYTES + padded(FIXED_BYTES + MAX_BYTES) + TAG_BYTES;
  private static final int MAX_TOKEN_LENGTH = (MAX_TOKEN_BYTES * 4 + 2) / 3;
  private static final long MAX_SECONDS = 0xffff_ffffL;
  private static final String FORM =
      "ID:KEY, an id from 0 to 255 and 32 random bytes in Base64 (openssl rand -base64 32)";

  private final Map<Integer, Key> keys;
  private final Key first;

  private UnsubscribeTokens(Map<Integer, Key> keys) {
    this.keys = keys;
    this.first = keys.values().iterator().next();
  }

  /**
   * With keys.
   *
   * @param keys one or more of {@code id:Base64}, separated by commas; the first makes tokens, all
   *     are taken, so that one replaces another while links with the old one last
   * @throws IllegalArgumentException if they are none; the message says where, and shows no key
   */
  public static UnsubscribeTokens of(String keys) {
    Map<Integer, Key> byId = new LinkedHashMap<>();
    String[] parts = keys.split(",", -1);
    for (int i = 0; i < parts.length; i++) {
      Key key = Key.of(parts[i].strip(), i + 1);
      if (byId.put(key.id(), key) != null) {
        throw new IllegalArgumentException("two keys have the id " + key.id());
      }
    }
    return new UnsubscribeTokens(byId);
  }

  /**
   * The token of a subscription.
   *
   * @throws IllegalArgumentException if its texts have more than {@link #MAX_BYTES} together, or
   *     its end is before 1970 or after 2106
   */
  public String seal(Subscription subscription) {
    byte[] content = content(subscription);
    byte[] nonce = first.nonce(content);
    byte[] sealed = first.cipher(Cipher.ENCRYPT_MODE, nonce, content);
    byte[] token =
        ByteBuffer.allocate(HEAD_BYTES + NONCE_BYTES + sealed.length)
            .put(VERSION)
            .put((byte) first.id())
            .put(nonce)
            .put(sealed)
            .array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
  }

  /**
   * What a token says.
   *
   * @return empty: it is none of these keys', whatever is wrong with it. One that has ended is
   *     still opened: compare {@link Subscription#expiresAt}
   */
  public Optional<Subscription> open(String token) {
    if (token.length() > MAX_TOKEN_LENGTH) {
      return Optional.empty();
    }
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(token);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    // A second spelling of the same bytes is none.
    boolean isWhole =
        bytes.length >= HEAD_BYTES + NONCE_BYTES + TAG_BYTES
            && bytes[0] == VERSION
            && Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(token);
    Key key = isWhole ? keys.get(bytes[1] & 0xff) : null;
    if (key == null) {
      return Optional.empty();
    }
    byte[] nonce = Arrays.copyOfRange(bytes, HEAD_BYTES, HEAD_BYTES + NONCE_BYTES);
    byte[] content =
        key.cipher(
            Cipher.DECRYPT_MODE,
            nonce,
            Arrays.copyOfRange(bytes, HEAD_BYTES + NONCE_BYTES, bytes.length));
    return content == null ? Optional.empty() : read(ByteBuffer.wrap(content));
  }

  private static byte[] content(Subscription subscription) {
    byte[] tenant = subscription.tenant().getBytes(StandardCharsets.UTF_8);
    byte[] stream = subscription.stream().getBytes(StandardCharsets.UTF_8);
    byte[] recipient = subscription.recipient().getBytes(StandardCharsets.UTF_8);
    int bytes = tenant.length + stream.length + recipient.length;
    long seconds = subscription.expiresAt().getEpochSecond();
    if (bytes > MAX_BYTES || seconds < 0 || seconds > MAX_SECONDS) {
      throw new IllegalArgumentException(
          "an unsubscribe token has room for %d bytes and an end before 2106".formatted(MAX_BYTES));
    }
    ByteBuffer content = ByteBuffer.allocate(padded(FIXED_BYTES + bytes)).putInt((int) seconds);
    for (byte[] text : new byte[][] {tenant, stream, recipient}) {
      content.putShort((short) text.length).put(text);
    }
    return content.array();
  }

  private static Optional<Subscription> read(ByteBuffer content) {
    try {
      Instant expiresAt = Instant.ofEpochSecond(Integer.toUnsignedLong(content.getInt()));
      return Optional.of(new Subscription(text(content), text(content), text(content), expiresAt));
    } catch (BufferUnderflowException e) {
      // Made with the key, and by nothing that follows the form.
      return Optional.empty();
    }
  }

  private static String text(ByteBuffer content) {
    int length = Short.toUnsignedInt(content.getShort());
    if (length > content.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    content.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static int padded(int length) {
    return (length + PADDED_TO - 1) / PADDED_TO * PADDED_TO;
  }

  /**
   * Whose mails of what kind, and until when the link to end them works.
   *
   * @param tenant the tenant
   * @param stream the tenant's stream
   * @param recipient the address, as the mail went to it
   * @param expiresAt when the link ends, in whole seconds
   */
  public record Subscription(String tenant, String stream, String recipient, Instant expiresAt) {

    /** Names nobody. */
    @Override
    public String toString() {
      return "Subscription[%s/%s, until %s]".formatted(tenant, stream, expiresAt);
    }
  }

  /** A key, as the two that it stands for. */
  private record Key(int id, SecretKeySpec content, SecretKeySpec nonces) {

    static Key of(String text, int position) {
      int colon = text.indexOf(':');
      byte[] key;
      int id;
      try {
        id = Integer.parseInt(text.substring(0, Math.max(0, colon)));
        key = Base64.getDecoder().decode(text.substring(colon + 1));
      } catch (IllegalArgumentException e) {
        // The message of the cause would show the key.
        throw fault(position);
      }
      if (id < 0 || id > 255 || key.length != KEY_BYTES) {
        throw fault(position);
      }
      SecretKeySpec whole = new SecretKeySpec(key, "HmacSHA256");
      byte[] content =
          mac(whole, "mailstream unsubscribe 1 content".getBytes(StandardCharsets.US_ASCII));
      byte[] nonces =
          mac(whole, "mailstream unsubscribe 1 nonce".getBytes(StandardCharsets.US_ASCII));
      return new Key(
          id, new SecretKeySpec(content, "AES"), new SecretKeySpec(nonces, "HmacSHA256"));
    }

    private static IllegalArgumentException fault(int position) {
      return new IllegalArgumentException("key number %d is not %s".formatted(position, FORM));
    }

    byte[] nonce(byte[] text) {
      return Arrays.copyOf(mac(nonces, text), NONCE_BYTES);
    }

    /** The text, or null where it is deciphered and its tag is not this key's. */
    byte[] cipher(int mode, byte[] nonce, byte[] text) {
      try {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, content, new GCMParameterSpec(TAG_BYTES * 8, nonce));
        cipher.updateAAD(new byte[] {VERSION, (byte) id});
        return cipher.doFinal(text);
      } catch (AEADBadTagException e) {
        return null;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every Java platform has AES in GCM", e);
      }
    }

    private static byte[] mac(SecretKeySpec key, byte[] text) {
      try {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(key);
        return mac.doFinal(text);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every Java platform has HmacSHA256", e);
      }
    }

    @Override
    public String toString() {
      return "Key[" + id + "]";
    }
  }
}
