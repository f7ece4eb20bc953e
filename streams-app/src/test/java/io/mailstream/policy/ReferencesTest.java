package io.mailstream.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReferencesTest {

  private final References references =
      new References(
          List.of(
              URI.create("https://files.example.com/mail/"),
              URI.create("https://other.example.com:8443/"),
              URI.create("s3://bucket_one/mail/"),
              URI.create("http://127.0.0.1:8080/")),
          1000);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://files.example.com/mail/a.json",
        "https://files.example.com/mail/2026/a.json?version=3",
        "https://other.example.com:8443/a",
        "s3://bucket_one/mail/a.json",
        "http://127.0.0.1:8080/a"
      })
  void whatLiesBelowAnAllowedAddressIsFetched(String uri) {
    assertThat(references.find(uri)).contains(URI.create(uri));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a.json",
        "https:files.example.com/mail/a",
        "https://files.example.com/mail/",
        "https://files.example.com/mailing/a",
        "https://files.example.com/a",
        "https://files.example.com.evil.example/mail/a",
        "https://files.example.com:444/mail/a",
        "https://user@files.example.com/mail/a",
        "https://evil.example@files.example.com/mail/a",
        "https://files.example.com@evil.example/mail/a",
        "https://evil.example/https://files.example.com/mail/a",
        "http://files.example.com/mail/a",
        "https://files.example.com/mail/../secret",
        "https://files.example.com/mail/./a",
        "https://files.example.com/mail/%2e%2e/secret",
        "https://files.example.com/mail/%2E%2E%2Fsecret",
        "https://files.example.com/mail//a",
        "https://files.example.com/mail/..%5csecret",
        "https://files.example.com/mail/a#b",
        "https://169.254.169.254/latest/meta-data/",
        "s3://bucket_one/secret",
        "s3://bucket_two/mail/a",
        "s3://bucket_one/mail/a?versionId=1",
        "file:///etc/passwd",
        "ftp://files.example.com/mail/a",
        "https://files.example.com/mail/a b",
        "https://files.example.com\\@evil.example/mail/a"
      })
  void nothingElseIs(String uri) {
    assertThat(references.find(uri)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://files.example.com",
        "https://files.example.com/mail",
        "https://files.example.com/?x=/",
        "https://*.example.com/",
        "http://files.example.com/",
        "https://user@files.example.com/",
        "s3:///mail/",
        "https:///"
      })
  void whatIsNoPrefix(String text) {
    assertThat(References.prefix(text)).isEmpty();
  }

  @Test
  void withoutAnyNothingIsAllowed() {
    assertThat(References.NONE.isEmpty()).isTrue();
    assertThat(References.NONE.find("https://files.example.com/mail/a")).isEmpty();
    assertThat(references.useS3()).isTrue();
    assertThat(References.NONE.useS3()).isFalse();
  }
}
