package io.mailstream.sender.provider.ses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailstream.sender.provider.common.RequestWritten;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;

class RequestWrittenTest {

  private final RequestWritten written = new RequestWritten();

  /** The body as the HTTP client below gets it. */
  private InputStream body(String contentLength) {
    AtomicReference<InputStream> body = new AtomicReference<>();
    SdkHttpClient below =
        new SdkHttpClient() {
          @Override
          public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
            body.set(request.contentStreamProvider().orElseThrow().newStream());
            return null;
          }

          @Override
          public void close() {}
        };
    SdkHttpFullRequest.Builder request =
        SdkHttpFullRequest.builder()
            .method(SdkHttpMethod.POST)
            .uri(URI.create("http://127.0.0.1/"));
    if (contentLength != null) {
      request.putHeader("Content-Length", contentLength);
    }
    HttpExecuteRequest call =
        HttpExecuteRequest.builder()
            .request(request.build())
            .contentStreamProvider(() -> new ByteArrayInputStream(new byte[10]))
            .build();
    ScopedValue.where(WatchedHttpClient.CALL, written)
        .run(() -> new WatchedHttpClient(below).prepareRequest(call));
    return body.get();
  }

  @Test
  void allButTheLastByteIsNotTheRequest() throws IOException {
    InputStream body = body("10");
    assertThat(body.readNBytes(9)).hasSize(9);
    assertThat(written.seal()).isFalse();
  }

  @Test
  void withTheLastByteTheServerMayHaveAllOfIt() throws IOException {
    InputStream body = body("10");
    assertThat(body.readNBytes(10)).hasSize(10);
    assertThat(written.seal()).isTrue();
    assertThat(written.seal()).isTrue();
  }

  @Test
  void withAnUnknownLengthTheFirstByteCounts() throws IOException {
    assertThat(body(null).read()).isZero();
    assertThat(written.seal()).isTrue();
  }

  @Test
  void clientThatComesAfterTheCallWasGivenUpGetsNoLastByte() {
    InputStream body = body("10");
    assertThat(written.seal()).isFalse();
    assertThatThrownBy(() -> body.read(new byte[10])).isInstanceOf(IOException.class);
    assertThat(written.seal()).isFalse();
  }

  @Test
  void bodyThatIsReadAnewIsTheSameRequest() throws IOException {
    assertThat(body("10").readAllBytes()).hasSize(10);
    assertThat(body("10").readAllBytes()).hasSize(10);
    assertThat(written.seal()).isTrue();
  }
}
