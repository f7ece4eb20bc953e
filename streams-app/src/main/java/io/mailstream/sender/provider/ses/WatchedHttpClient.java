package io.mailstream.sender.provider.ses;

import io.mailstream.sender.provider.common.RequestWritten;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpClient;

/** An HTTP client of which {@link RequestWritten} learns how far it came with the request. */
final class WatchedHttpClient implements SdkHttpClient {

  /** The call that the current thread makes; unbound: nobody wants to know. */
  static final ScopedValue<RequestWritten> CALL = ScopedValue.newInstance();

  private final SdkHttpClient client;

  WatchedHttpClient(SdkHttpClient client) {
    this.client = client;
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    ContentStreamProvider body = request.contentStreamProvider().orElse(null);
    if (!CALL.isBound() || body == null) {
      return client.prepareRequest(request);
    }
    RequestWritten written = CALL.get();
    long length =
        request.httpRequest().firstMatchingHeader("Content-Length").map(Long::parseLong).orElse(0L);
    return client.prepareRequest(
        HttpExecuteRequest.builder()
            .request(request.httpRequest())
            .metricCollector(request.metricCollector().orElse(null))
            .contentStreamProvider(() -> new WatchedBody(body.newStream(), length, written))
            .build());
  }

  @Override
  public String clientName() {
    return client.clientName();
  }

  @Override
  public void close() {
    client.close();
  }

  /** Tells when the last byte is taken; with an unknown length, the first. */
  private static final class WatchedBody extends FilterInputStream {

    private final RequestWritten written;
    private long left;
    private boolean told;

    WatchedBody(InputStream body, long length, RequestWritten written) {
      super(body);
      this.left = length;
      this.written = written;
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      taken(b < 0 ? -1 : 1);
      return b;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count = super.read(buffer, offset, length);
      taken(count);
      return count;
    }

    @Override
    public long skip(long count) throws IOException {
      throw new IOException("a request body is read, not skipped");
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    private void taken(int count) throws IOException {
      left -= Math.max(count, 0);
      if (!told && (left <= 0 || count < 0)) {
        told = true;
        written.handOut();
      }
    }
  }
}
