package io.mailstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecipientHashTest {

  private static final String FIRST = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
  private static final String SECOND = "k2:Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";

  @Test
  void theHashIsHmacSha256AsOtherLanguagesHaveIt() {
    // printf %s jane@example.com | openssl dgst -sha256 -mac HMAC -macopt hexkey:000102…1f -binary
    // | base64 | tr +/ -_ | tr -d =
    assertThat(RecipientHash.of(FIRST).current("jane@example.com"))
        .isEqualTo("hmac:k1:lIdYiXR1nTA9XURAF5GmA62F_aknbUP3Q2B31wnZ2hA");
  }

  @Test
  void theFirstKeyWritesAndAllAreLookedFor() {
    RecipientHash both = RecipientHash.of(SECOND + ", " + FIRST);

    assertThat(both.isOn()).isTrue();
    assertThat(both.candidates("jane@example.com"))
        .containsExactly(
            RecipientHash.of(SECOND).current("jane@example.com"),
            RecipientHash.of(FIRST).current("jane@example.com"),
            "jane@example.com")
        .first()
        .isEqualTo(both.current("jane@example.com"));
  }

  @Test
  void aKeyCanBeKnownBeforeItIsUsed() {
    RecipientHash known = RecipientHash.of("clear," + FIRST);

    assertThat(known.current("jane@example.com")).isEqualTo("jane@example.com");
    assertThat(known.writesHashes()).isFalse();
    assertThat(known.candidates("jane@example.com"))
        .containsExactly("jane@example.com", RecipientHash.of(FIRST).current("jane@example.com"));
  }

  @Test
  void withoutAKeyAnAddressStandsForItself() {
    assertThat(RecipientHash.of(" ").isOn()).isFalse();
    assertThat(RecipientHash.NONE.current("jane@example.com")).isEqualTo("jane@example.com");
    assertThat(RecipientHash.NONE.candidates("jane@example.com"))
        .isEqualTo(List.of("jane@example.com"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U=",
        "k 1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "k1:c2VjcmV0",
        "k1:!!!!",
        FIRST + "," + FIRST
      })
  void aKeyThatIsNoneIsRefusedAndNotShown(String keys) {
    assertThatThrownBy(() -> RecipientHash.of(keys))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .doesNotContain("c2Vj", "AAEC", "!!!");
    assertThat(RecipientHash.faults(Map.of(RecipientHash.KEYS, keys)))
        .singleElement()
        .asString()
        .contains(RecipientHash.KEYS)
        .doesNotContain("c2Vj", "AAEC");
  }
}
