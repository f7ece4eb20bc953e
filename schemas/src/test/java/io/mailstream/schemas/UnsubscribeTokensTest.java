package io.mailstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.schemas.UnsubscribeTokens.Subscription;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UnsubscribeTokensTest {

  private static final String OLD = "1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
  private static final String NEW = "2:" + Base64.getEncoder().encodeToString(new byte[32]);
  private static final UnsubscribeTokens TOKENS = UnsubscribeTokens.of(OLD);
  private static final Subscription NEWS =
      new Subscription("shop", "news", "jane@example.com", Instant.parse("2027-11-21T10:00:00Z"));

  static Stream<JsonNode> vectors() {
    return Vectors.of("unsubscribe-token.json", "vectors");
  }

  static Stream<JsonNode> refused() {
    return Vectors.of("unsubscribe-token.json", "refused");
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void tokensAreAsPublished(JsonNode vector) {
    UnsubscribeTokens tokens = UnsubscribeTokens.of(vector.required("key").asText());
    Subscription subscription =
        new Subscription(
            vector.required("tenant").asText(),
            vector.required("stream").asText(),
            vector.required("recipient").asText(),
            Instant.ofEpochSecond(vector.required("expires_at").asLong()));
    String token = vector.required("token").asText();

    assertThat(tokens.seal(subscription)).isEqualTo(token);
    assertThat(tokens.open(token)).hasValue(subscription);
  }

  @ParameterizedTest
  @MethodSource("refused")
  void whatIsPublishedAsRefusedIsRefused(JsonNode vector) {
    UnsubscribeTokens tokens = UnsubscribeTokens.of(vector.required("key").asText());

    assertThat(tokens.open(vector.required("token").asText()))
        .as(vector.required("note").asText())
        .isEmpty();
  }

  @Test
  void theFirstKeyMakesAndEveryKeyOpens() {
    UnsubscribeTokens both = UnsubscribeTokens.of(NEW + ", " + OLD);
    String ofTheOld = TOKENS.seal(NEWS);

    assertThat(both.open(ofTheOld)).hasValue(NEWS);
    assertThat(both.seal(NEWS)).isEqualTo(UnsubscribeTokens.of(NEW).seal(NEWS));
    assertThat(UnsubscribeTokens.of(NEW).open(ofTheOld)).isEmpty();
  }

  @Test
  void aKeyUnderAnothersIdOpensNothing() {
    UnsubscribeTokens other = UnsubscribeTokens.of(NEW.replace("2:", "1:"));

    assertThat(other.open(TOKENS.seal(NEWS))).isEmpty();
  }

  @Test
  void nothingOfItCanBeSeen() {
    byte[] token = Base64.getUrlDecoder().decode(TOKENS.seal(NEWS));
    String clear = new String(token, StandardCharsets.ISO_8859_1);

    assertThat(clear).doesNotContain("jane", "shop", "news", "example");
    // Addresses of about the same length have tokens of the same length.
    assertThat(TOKENS.seal(with("jonathan@example.com"))).hasSameSizeAs(TOKENS.seal(NEWS));
    assertThat(NEWS.toString()).doesNotContain("jane");
  }

  @Test
  void itFitsIntoAHeaderLine() {
    assertThat(TOKENS.seal(NEWS).length()).isLessThan(130);
    // The longest that validation lets through.
    Subscription longest =
        new Subscription(
            "t".repeat(128),
            "s".repeat(128),
            "l".repeat(64) + "@" + "d".repeat(255),
            Instant.EPOCH);
    assertThat(TOKENS.seal(longest).length()).isLessThan(860);
    assertThat(TOKENS.open(TOKENS.seal(longest))).hasValue(longest);
  }

  @Test
  void whatHasNoRoomIsSaidToHaveNone() {
    assertThatThrownBy(() -> TOKENS.seal(with("x".repeat(UnsubscribeTokens.MAX_BYTES))))
        .hasMessageContaining("1024 bytes");
    assertThatThrownBy(() ->
            TOKENS.seal(new Subscription("t", "s", "r", Instant.parse("2107-01-01T00:00:00Z"))))
        .hasMessageContaining("2106");
  }

  @Test
  void noChangedTokenIsOpened() {
    long seed = Long.getLong("mailstream.seed", System.nanoTime());
    Random random = new Random(seed);
    String genuine = TOKENS.seal(NEWS);
    String alphabet = "ABCXYZabcxyz0189-_=+/.~% \u00e9";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder changed = new StringBuilder(genuine);
      int at = random.nextInt(genuine.length());
      switch (random.nextInt(4)) {
        case 0 -> changed.setCharAt(at, alphabet.charAt(random.nextInt(alphabet.length())));
        case 1 -> changed.deleteCharAt(at);
        case 2 -> changed.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
        default -> changed.setLength(at);
      }
      if (!changed.toString().equals(genuine)) {
        assertThat(TOKENS.open(changed.toString())).as("seed %d, %s", seed, changed).isEmpty();
      }
    }
  }

  @Test
  void twoSubscriptionsHaveTwoTokens() {
    Set<String> tokens = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      tokens.add(TOKENS.seal(with("a" + i + "@example.com")));
    }
    assertThat(tokens).hasSize(1_000);
    assertThat(TOKENS.seal(new Subscription("a", "bc", "d@e.example", NEWS.expiresAt())))
        .isNotEqualTo(TOKENS.seal(new Subscription("ab", "c", "d@e.example", NEWS.expiresAt())));
  }

  @Test
  void aWrongKeyIsSaidToBeWrongAndNotShown() {
    String secret = Base64.getEncoder().encodeToString(new byte[31]);
    for (String keys :
        List.of("", "x", OLD + ",", "1:", "256:" + OLD.substring(2), "-1:" + OLD.substring(2))) {
      assertThatThrownBy(() -> UnsubscribeTokens.of(keys))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("openssl rand -base64 32");
    }
    assertThatThrownBy(() -> UnsubscribeTokens.of(OLD + ",3:" + secret))
        .hasMessageContaining("key number 2")
        .hasMessageNotContaining(secret)
        .hasNoCause();
    assertThatThrownBy(() -> UnsubscribeTokens.of(OLD + "," + OLD))
        .hasMessageContaining("id 1")
        .hasMessageNotContaining(OLD.substring(2));
  }

  private static Subscription with(String recipient) {
    return new Subscription("shop", "news", recipient, NEWS.expiresAt());
  }
}
