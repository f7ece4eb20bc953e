package io.mailstream.webhook.unsubscribe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OneClickTest {

  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String PART =
      """
      --%1$s
      Content-Disposition: form-data; name="List-Unsubscribe"

      One-Click
      --%1$s--
      """;

  private static boolean isIn(String contentType, String body) {
    return OneClick.isIn(contentType, body.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        FORM + "|List-Unsubscribe=One-Click",
        FORM + "; charset=utf-8|List%2DUnsubscribe=One%2dClick",
        FORM + "|a=b&List-Unsubscribe=One-Click&c",
        FORM + "|List-Unsubscribe=one-click",
        "''|List-Unsubscribe=One-Click",
        "text/plain|List-Unsubscribe=One-Click"
      })
  void aFormSaysSo(String contentType, String body) {
    assertThat(isIn(contentType, body)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "multipart/form-data; boundary=abc",
        "Multipart/Form-Data;boundary=\"abc\"",
        "multipart/form-data; charset=utf-8; boundary=abc; x=y"
      })
  void aFormInPartsSaysSo(String contentType) {
    String body = PART.formatted("abc");

    assertThat(isIn(contentType, body.replace("\n", "\r\n"))).isTrue();
    assertThat(isIn(contentType, body)).as("LF alone").isTrue();
    assertThat(isIn(contentType, "preamble\n" + body)).isTrue();
    assertThat(
            isIn(
                contentType, "--abc\nContent-Disposition: form-data; name=other\n\nvalue\n" + body))
        .isTrue();
    assertThat(
            isIn(contentType, body.replace("name=\"List-Unsubscribe\"", "name=List-Unsubscribe")))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        FORM + "|''",
        FORM + "|List-Unsubscribe",
        FORM + "|List-Unsubscribe=Two-Clicks",
        FORM + "|x=List-Unsubscribe=One-Click",
        FORM + "|List-Unsubscribe=One-Click&List-Unsubscribe=no",
        FORM + "|List-Unsubscribe=%zz",
        "multipart/form-data|List-Unsubscribe=One-Click",
        "multipart/form-data; boundary=abc|List-Unsubscribe=One-Click",
        "application/json|{\"List-Unsubscribe\":\"One-Click\"}"
      })
  void whatDoesNotSaySoDoesNot(String contentType, String body) {
    assertThat(isIn(contentType, body)).isFalse();
  }

  @Test
  void whatIsNoPartDoesNotSaySo() {
    String type = "multipart/form-data; boundary=abc";

    assertThat(isIn(type, PART.formatted("abcd"))).as("another boundary").isFalse();
    assertThat(isIn(type, "--abc--\n" + PART.formatted("abc"))).as("after the end").isFalse();
    assertThat(isIn(type, PART.formatted("abc").replace("One-Click", "No"))).isFalse();
    assertThat(isIn(type, PART.formatted("abc").replace("name=", "filename="))).isFalse();
    assertThat(isIn(type, PART.formatted("abc").replace("form-data", "attachment"))).isFalse();
    assertThat(isIn(type, PART.formatted("abc").replace("\n\n", "\n"))).isFalse();
  }
}
