package io.mailstream.sender.recipient;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TyposTest {

  private final Typos typos = new Typos(DomainList.resource("mailbox-providers.txt"));

  @ParameterizedTest
  @CsvSource({
    "gmial.com,gmail.com",
    "gamil.com,gmail.com",
    "gmail.con,gmail.com",
    "gmail.co,gmail.com",
    "gmaill.com,gmail.com",
    "hotmial.com,hotmail.com",
    "outlok.com,outlook.com",
    "yaho.com,yahoo.com",
    "icloud.cm,icloud.com"
  })
  void oneSlipIsFound(String given, String meant) {
    assertThat(typos.suggest(given)).contains(meant);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gmail.com",
        "mail.com",
        "ymail.com",
        "email.com",
        "example.com",
        "love.com",
        "web.dee",
        "gmaiil.co",
        "com",
        "hotmail.es"
      })
  void whatIsNoneIsNotCorrected(String domain) {
    assertThat(typos.suggest(domain)).isEmpty();
  }

  @Test
  void twoSlipsAreTooMany() {
    assertThat(Typos.isOneSlip("gmail.com", "gmail.com")).isFalse();
    assertThat(Typos.isOneSlip("gamli.com", "gmail.com")).isFalse();
    assertThat(Typos.isOneSlip("gmail.comx", "gmail.com")).isTrue();
    assertThat(Typos.isOneSlip("gmail.comxx", "gmail.com")).isFalse();
  }
}
