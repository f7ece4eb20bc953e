package io.mailstream.runtime.logging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskingTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "john@example.com | j***@example.com",
        "j@example.com | ***@example.com",
        "\"john doe\"@example.com | \"***@example.com",
        "jörg@exämple.de | j***@exämple.de",
        "no address | ***",
      })
  void anAddress(String address, String masked) {
    assertThat(Masking.address(address)).isEqualTo(masked);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "550 <john@example.com>: unknown. | 550 <j***@example.com>: unknown.",
        "john@example.com,jane@example.org | j***@example.com,j***@example.org",
        "sent to john.doe+tag@mail.example.co.uk. | sent to j***@mail.example.co.uk.",
        "key=\"john doe\"@example.com | key=\"***@example.com",
        "GET /v1/suppressions/john%40example.com | GET /***%40example.com",
        "用户@例子.广告 | 用***@例子.广告",
        "用户@例子 | 用***@例子",
        "root@localhost | r***@localhost",
        "user@[192.0.2.1] | u***@[192.0.2.1]",
        "john@doe@example.com | j***@example.com",
        "nothing here | nothing here",
        "io.mailstream.Thing@1b2c3d | io.mailstream.Thing@1b2c3d",
        "@Override | @Override",
        "%40 and @ alone | %40 and @ alone",
      })
  void inText(String text, String masked) {
    assertThat(Masking.text(text)).isEqualTo(masked);
  }

  @Test
  void aLongTextWithoutAddressesIsTheSameText() {
    String text = "x".repeat(10_000);
    assertThat(Masking.text(text)).isSameAs(text);
  }
}
