package io.mailstream.webhook.provider.sendgrid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Both providers take and refuse the same. */
class EcdsaP256Test {

  private static final String MESSAGE = "1760000000[{\"event\":\"bounce\"}]";

  /** The order of P-256, of FIPS 186-5. */
  private static final String ORDER =
      "00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

  private final SendGridSigner signer = new SendGridSigner();

  static List<Optional<EcdsaP256>> providers() {
    return List.of(Optional.of(EcdsaP256.ofJdk()), EcdsaP256.ofAmazon());
  }

  @Test
  void theNativeProviderLoadsWhereItIsMadeFor() {
    assumeTrue(
        System.getProperty("os.name").equals("Linux")
            && System.getProperty("os.arch").equals("amd64"),
        "Amazon's provider comes along for Linux on x86-64 alone");

    assertThat(EcdsaP256.ofAmazon()).isPresent();
  }

  @ParameterizedTest
  @MethodSource("providers")
  void aSignatureHoldsForItsMessageAndKeyAlone(Optional<EcdsaP256> provider) throws Exception {
    EcdsaP256 ecdsa = use(provider);
    byte[] signature = Base64.getDecoder().decode(signer.signature(MESSAGE));

    assertThat(ecdsa.verify(key(signer), signature, bytes(MESSAGE))).isTrue();
    assertThat(
            ecdsa.verify(
                key(signer), signature, bytes("1760000000"), bytes("[{\"event\":\"bounce\"}]")))
        .isTrue();
    assertThat(ecdsa.verify(key(signer), signature, bytes(MESSAGE + "\n"))).isFalse();
    assertThat(ecdsa.verify(key(new SendGridSigner()), signature, bytes(MESSAGE))).isFalse();
  }

  /** CVE-2022-21449 and its like: numbers that are no numbers of a signature. */
  @ParameterizedTest
  @MethodSource("providers")
  void zeroAndTheOrderAreNoSignature(Optional<EcdsaP256> provider) throws Exception {
    EcdsaP256 ecdsa = use(provider);
    for (String r : List.of("00", "01", ORDER)) {
      for (String s : List.of("00", ORDER)) {
        assertThat(ecdsa.verify(key(signer), der(r, s), bytes(MESSAGE))).as(r + s).isFalse();
        assertThat(ecdsa.verify(key(signer), der(s, r), bytes(MESSAGE))).as(s + r).isFalse();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void whatIsNoDerIsNoSignature(Optional<EcdsaP256> provider) throws Exception {
    EcdsaP256 ecdsa = use(provider);
    byte[] good = Base64.getDecoder().decode(signer.signature(MESSAGE));
    for (int length = 0; length < good.length; length++) {
      assertThat(ecdsa.verify(key(signer), Arrays.copyOf(good, length), bytes(MESSAGE))).isFalse();
    }
    for (String hex :
        List.of("30", "3000", "300602010102", "3080020101020101", "31060201010201", "ffff", "00")) {
      assertThat(ecdsa.verify(key(signer), HexFormat.of().parseHex(hex), bytes(MESSAGE)))
          .as(hex)
          .isFalse();
    }
    byte[] longer = Arrays.copyOf(good, good.length + 1);
    assertThat(ecdsa.verify(key(signer), longer, bytes(MESSAGE))).isFalse();
    assertThat(ecdsa.verify(key(signer), new byte[100_000], bytes(MESSAGE))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "hello", "AAAA", "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE"})
  void whatIsNoKeyIsRefused(String text) {
    assertThatExceptionOfType(InvalidKeyException.class).isThrownBy(() -> EcdsaP256.key(text));
  }

  @Test
  void aKeyOfAnotherCurveIsRefused() {
    assertThatExceptionOfType(InvalidKeyException.class)
        .isThrownBy(() -> EcdsaP256.key(new SendGridSigner("secp384r1").publicKey()));
  }

  private static EcdsaP256 use(Optional<EcdsaP256> provider) {
    assumeTrue(provider.isPresent(), "Amazon's provider does not load here");
    return provider.get();
  }

  private static ECPublicKey key(SendGridSigner signer) throws InvalidKeyException {
    return EcdsaP256.key(signer.publicKey());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] der(String r, String s) {
    String both = integer(r) + integer(s);
    return HexFormat.of().parseHex("30%02x%s".formatted(both.length() / 2, both));
  }

  private static String integer(String hex) {
    return "02%02x%s".formatted(hex.length() / 2, hex);
  }
}
