package io.mailstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecipientKeyTest {

  static Stream<JsonNode> vectors() {
    return Vectors.of("recipient-key.json", "vectors");
  }

  static Stream<JsonNode> partitions() {
    return Vectors.of("recipient-key.json", "partitions");
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void keysAreAsPublished(JsonNode vector) {
    Optional<String> key = RecipientKey.find(vector.required("address").asText());

    assertThat(key.orElse(null)).isEqualTo(vector.required("key").textValue());
  }

  @ParameterizedTest
  @MethodSource("partitions")
  void partitionsAreKafkasOwn(JsonNode vector) {
    byte[] key = RecipientKey.bytes(vector.required("key").asText());

    for (Map.Entry<String, JsonNode> partition : vector.required("partitions").properties()) {
      int count = Integer.parseInt(partition.getKey());
      assertThat(BuiltInPartitioner.partitionForKey(key, count))
          .isEqualTo(partition.getValue().intValue());
    }
  }

  @Test
  void aKeyIsItsOwnKey() {
    vectors()
        .map(vector -> vector.required("key").textValue())
        .filter(key -> key != null)
        .forEach(key -> assertThat(RecipientKey.find(key)).contains(key));
  }

  @Test
  void whateverIsGivenThereIsNoExceptionAndAKeyIsItsOwnKey() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String alphabet =
        "aAzZ09.-_@@[]\"\\ \u0000\r\n+xn--ßẞİıΣσςé\u0301\u0308\u200d\u00ad。．ｅ\ud800\udc00\uffff例א";
    for (int i = 0; i < 100_000; i++) {
      StringBuilder address = new StringBuilder();
      int length = random.nextInt(1, 12);
      for (int j = 0; j < length; j++) {
        address.append(
            random.nextInt(8) == 0
                ? (char) random.nextInt(0x10000)
                : alphabet.charAt(random.nextInt(alphabet.length())));
      }
      String given = address.insert(random.nextInt(length + 1), '@').toString();
      RecipientKey.find(given)
          .ifPresent(key ->
              assertThat(RecipientKey.find(key)).as("seed %d: %s", seed, given).contains(key));
    }
  }

  @Test
  void theShortWayForAsciiGivesWhatTheLongOneGives() {
    Random random = new Random(4711);
    String letters = "abcXYZ019-_";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder label = new StringBuilder();
      for (int j = random.nextInt(1, 6); j > 0; j--) {
        label.append(letters.charAt(random.nextInt(letters.length())));
      }
      String plain = "User.Name@" + label + ".Example";

      // UTS 46 maps the ideographic full stop to a dot, so this one goes all the way.
      assertThat(RecipientKey.find(plain.replace(".Example", "。Example")))
          .as(plain)
          .isEqualTo(RecipientKey.find(plain));
    }
  }

  @Test
  void theKeyDoesNotDependOnTheDefaultLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("tr"));
      assertThat(RecipientKey.find("INFO@EXAMPLE.IN")).contains("info@example.in");
      assertThat(RecipientKey.find("INFOÉ@EXAMPLE.IN")).contains("infoé@example.in");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void bytesAreUtf8() {
    assertThat(RecipientKey.bytes("JÜRGEN@example.com"))
        .isEqualTo("jürgen@example.com".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void anErrorDoesNotRepeatTheAddress() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RecipientKey.of("secret.person@example..com"))
        .withMessageContaining("local-part@domain")
        .withMessageNotContaining("secret");
  }
}
