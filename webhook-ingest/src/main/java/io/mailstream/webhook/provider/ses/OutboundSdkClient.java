package io.mailstream.webhook.provider.ses;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;

/** Lets Amazon's library fetch certificates by our {@link Outbound}, with its bounds. */
final class OutboundSdkClient implements SdkHttpClient {

  private final Outbound outbound;

  OutboundSdkClient(Outbound outbound) {
    this.outbound = outbound;
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() throws IOException {
        Outbound.Response response = fetch(request.httpRequest().getUri());
        if (response.isTransient()) {
          throw new Unreachable(
              "the certificate's host answered with status " + response.status(), null);
        }
        return HttpExecuteResponse.builder()
            .response(SdkHttpFullResponse.builder().statusCode(response.status()).build())
            .responseBody(AbortableInputStream.create(new ByteArrayInputStream(response.body())))
            .build();
      }

      @Override
      public void abort() {
        // A call is bounded in time and cannot be cut short.
      }
    };
  }

  private Outbound.Response fetch(URI uri) throws Unreachable {
    try {
      return outbound.get(uri);
    } catch (IOException e) {
      throw new Unreachable("the certificate's host does not answer", e);
    }
  }

  /** No answer that says anything: to be told from the library's own refusals. */
  static final class Unreachable extends IOException {
    private static final long serialVersionUID = 1L;

    Unreachable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  @Override
  public void close() {
    // The outbound client belongs to the service.
  }
}
