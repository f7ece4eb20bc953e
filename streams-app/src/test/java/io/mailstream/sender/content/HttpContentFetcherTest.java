package io.mailstream.sender.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailstream.sender.content.ContentFetcher.Result;
import io.mailstream.sender.content.s3.S3Settings;
import io.mailstream.sender.provider.ScriptedHttpServer;
import io.mailstream.sender.provider.ScriptedHttpServer.Reaction;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpContentFetcherTest {

  private static final Duration SHORT = Duration.ofMillis(300);

  @Test
  void bytesAreFetchedAsTheyAre() throws IOException {
    Result result = fetch(5, answer(200, "hello"));
    assertThat(((Result.Bytes) result).bytes()).isEqualTo("hello".getBytes(UTF_8));
  }

  @Test
  void ofWhatIsTooLargeNoMoreThanThatIsRead() throws IOException {
    Result result = fetch(5, answer(200, "x".repeat(1 << 20)));
    assertThat(((Result.Bytes) result).bytes()).hasSize(6);
  }

  @ParameterizedTest
  @CsvSource({"400", "401", "403", "404", "410", "206", "204", "302", "301"})
  void whatIsNotThereIsRefused(int status) throws IOException {
    assertThat(fetch(5, answer(status, status == 204 ? "" : "hello")))
        .isInstanceOfSatisfying(
            Result.Refused.class, refused -> assertThat(refused.detail()).contains("" + status));
  }

  @ParameterizedTest
  @CsvSource({"408", "429", "500", "503"})
  void whatMayComeRightIsAFailure(int status) throws IOException {
    assertThat(fetch(5, answer(status, ""))).isInstanceOf(Result.Failed.class);
  }

  @Test
  void aRedirectIsNotFollowed() throws IOException {
    try (ScriptedHttpServer elsewhere = ScriptedHttpServer.plain(answer(200, "hello"))) {
      Reaction redirect =
          new Reaction.Answer(302, Map.of("Location", elsewhere.uri() + "/secret"), "");
      assertThat(fetch(5, redirect)).isInstanceOf(Result.Refused.class);
      assertThat(elsewhere.connections()).isZero();
    }
  }

  @Test
  void everyWayToFailIsAFailure() throws IOException {
    assertThat(fetch(5, new Reaction.Silence())).isInstanceOf(Result.Failed.class);
    assertThat(fetch(5, new Reaction.ResetAfterRequest())).isInstanceOf(Result.Failed.class);
    assertThat(fetch(5, new Reaction.Bytes("nonsense\r\n\r\n"))).isInstanceOf(Result.Failed.class);
    assertThat(fetch(5, new Reaction.Bytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")))
        .as("cut off")
        .isInstanceOf(Result.Failed.class);
  }

  @Test
  void aBodyThatDripsIsBrokenOff() throws IOException {
    try (ScriptedHttpServer server = ScriptedHttpServer.plain(new Reaction.Drip());
        ContentFetcher fetcher = fetcher(SHORT, Optional.empty())) {
      assertThat(fetcher.fetch(server.uri().resolve("/a"), 1_000_000))
          .isInstanceOfSatisfying(
              Result.Failed.class, failed -> assertThat(failed.detail()).contains("300 ms"));
    }
  }

  @Test
  void objectsInS3AreAskedForWithASignature() throws IOException {
    try (ScriptedHttpServer server = ScriptedHttpServer.plain(answer(200, "hello"));
        ContentFetcher fetcher = fetcher(Duration.ofSeconds(10), Optional.of(server.uri()))) {
      Result result = fetcher.fetch(URI.create("s3://my.bucket/mail/a%20b.json"), 5);
      assertThat(result).isInstanceOf(Result.Bytes.class);
      ScriptedHttpServer.Request request = server.requests().getFirst();
      assertThat(request.line()).isEqualTo("GET /my.bucket/mail/a%20b.json HTTP/1.1");
      assertThat(request.headers().get("authorization"))
          .startsWith("AWS4-HMAC-SHA256 Credential=AKIDTEST/")
          .contains("/eu-west-1/s3/aws4_request")
          .contains("SignedHeaders=host;x-amz-content-sha256;x-amz-date");
      assertThat(request.headers()).containsKeys("x-amz-date", "x-amz-content-sha256");
    }
  }

  @Test
  void s3NeedsARegion() {
    ContentConfig config = new ContentConfig(SHORT, 1, 1, Optional.empty());
    assertThatThrownBy(() -> HttpContentFetcher.create(config, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(ContentConfig.REGION);
  }

  private static Reaction answer(int status, String body) {
    return new Reaction.Answer(status, Map.of(), body);
  }

  private static Result fetch(long size, Reaction reaction) throws IOException {
    Duration timeout = reaction instanceof Reaction.Silence ? SHORT : Duration.ofSeconds(10);
    try (ScriptedHttpServer server = ScriptedHttpServer.plain(reaction);
        ContentFetcher fetcher = fetcher(timeout, Optional.empty())) {
      return fetcher.fetch(server.uri().resolve("/a"), size);
    }
  }

  private static ContentFetcher fetcher(Duration timeout, Optional<URI> s3) {
    return HttpContentFetcher.create(
        new ContentConfig(
            timeout,
            1,
            1,
            s3.map(endpoint ->
                new S3Settings(
                    "eu-west-1", s3, Optional.of(new S3Settings.Keys("AKIDTEST", "secret"))))),
        s3.isPresent());
  }
}
