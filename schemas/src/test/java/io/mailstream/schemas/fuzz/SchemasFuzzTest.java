package io.mailstream.schemas.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.schemas.UnsubscribeTokens;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Tokens and addresses out of anything. See docs/testing.md. */
class SchemasFuzzTest {

  private static final UnsubscribeTokens TOKENS =
      UnsubscribeTokens.of("1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");

  @FuzzTest(maxDuration = "10m")
  void noTokenIsOpenedThatNobodyMade(byte[] token) {
    assertThat(TOKENS.open(new String(token, StandardCharsets.ISO_8859_1))).isEmpty();
  }

  /** A key is the key of itself. That an address can be mailed is for validation to say. */
  @FuzzTest(maxDuration = "10m")
  void aKeyIsItsOwnKey(byte[] address) {
    String text = new String(address, StandardCharsets.UTF_8);
    Optional<String> key = RecipientKey.find(text);

    if (key.isPresent()) {
      assertThat(RecipientKey.find(key.get())).isEqualTo(key);
      assertThat(key.get()).contains("@");
    }
  }
}
