package io.mailstream.sender.provider.http;

import io.mailstream.sender.provider.EmailProvider.Connections;
import io.mailstream.sender.provider.common.AccountSettings;
import io.mailstream.sender.provider.common.CallSettings;
import io.mailstream.sender.provider.common.EspText;
import io.mailstream.sender.provider.common.RequestWritten;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolStats;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Makes the HTTP calls of one account: one request a call, on the calling virtual thread, never
 * repeated, redirected or answered from a cache (docs/adr/0015). The one place for timeouts, for
 * the reuse of connections, and for whether a request was written.
 *
 * <p>A kept connection that was unused for a moment is looked at before it is used again, since the
 * server may have closed it: without that, the first call after a pause would often be ambiguous.
 */
final class HttpCaller implements AutoCloseable {

  /** What is read of an answer at most. */
  static final int MAX_ANSWER_BYTES = 64 * 1024;

  /** The look costs a millisecond; a connection in constant use need not pay it. */
  static final Duration TRUSTED_FOR = Duration.ofMillis(100);

  private final URI endpoint;
  private final Duration callTimeout;
  private final PoolingHttpClientConnectionManager connections;
  private final CloseableHttpClient client;
  private final RequestConfig perCall;

  HttpCaller(HttpSettings settings) {
    this.endpoint = settings.endpoint();
    CallSettings calls = settings.calls();
    this.callTimeout = calls.callTimeout();
    Timeout call = Timeout.of(calls.callTimeout());
    Timeout connect = Timeout.of(calls.connectTimeout());
    this.perCall =
        RequestConfig.custom().setConnectionRequestTimeout(call).setResponseTimeout(call).build();
    PoolingHttpClientConnectionManagerBuilder pool =
        PoolingHttpClientConnectionManagerBuilder.create()
            .setMaxConnTotal(calls.maxConnections())
            .setMaxConnPerRoute(calls.maxConnections())
            .setDefaultTlsConfig(TlsConfig.custom().setHandshakeTimeout(connect).build())
            .setDefaultConnectionConfig(
                ConnectionConfig.custom()
                    .setConnectTimeout(connect)
                    .setSocketTimeout(call)
                    .setValidateAfterInactivity(TimeValue.of(TRUSTED_FOR))
                    .setIdleTimeout(Timeout.of(calls.idleTimeout()))
                    .build());
    settings
        .trust()
        .ifPresent(trust -> pool.setTlsSocketStrategy(new DefaultClientTlsStrategy(trust)));
    this.connections = pool.build();
    HttpClientBuilder builder =
        HttpClients.custom()
            .setConnectionManager(connections)
            .disableAutomaticRetries()
            .disableRedirectHandling()
            .disableCookieManagement()
            .disableAuthCaching()
            .disableContentCompression()
            .setUserAgent("mailstream");
    if (!AccountSettings.isLoopback(endpoint.getHost())) {
      builder.setProxySelector(ProxySelector.getDefault());
    }
    this.client = builder.build();
  }

  /** What its connections do at the moment. */
  Connections connections() {
    PoolStats stats = connections.getTotalStats();
    return new Connections(stats.getLeased(), stats.getAvailable(), stats.getPending());
  }

  /** Makes a call; every way to fail is a reply. */
  HttpReply post(HttpCall call) {
    RequestWritten written = new RequestWritten();
    HttpPost request = new HttpPost(endpoint.resolve(call.path()));
    call.headers().forEach(request::setHeader);
    request.setConfig(perCall);
    request.setEntity(new WatchedEntity(call.contentType(), call.body(), written));
    AtomicBoolean late = new AtomicBoolean();
    // Socket timeouts bound a single read and no write at all: this bounds the call.
    Future<?> deadline =
        ForkJoinPool.commonPool()
            .schedule(() -> cancel(request, late), callTimeout.toNanos(), TimeUnit.NANOSECONDS);
    try {
      HttpReply.Answer answer = client.execute(request, HttpCaller::read);
      written.seal();
      return answer;
    } catch (IOException | RuntimeException e) {
      String why =
          late.get()
              ? "no answer within the call timeout of " + callTimeout.toMillis() + " ms"
              : kind(e);
      return written.seal() ? new HttpReply.Cut(why) : new HttpReply.Unwritten(why);
    } finally {
      deadline.cancel(false);
    }
  }

  private static void cancel(HttpPost request, AtomicBoolean late) {
    late.set(true);
    // Closing a connection may block, which the timer must not.
    Thread.ofVirtual().name("http-call-timeout").start(request::cancel);
  }

  private static HttpReply.Answer read(ClassicHttpResponse response) throws IOException {
    Map<String, String> headers = new HashMap<>();
    for (Header header : response.getHeaders()) {
      headers.putIfAbsent(header.getName().toLowerCase(Locale.ROOT), header.getValue());
    }
    HttpEntity entity = response.getEntity();
    if (entity == null) {
      return new HttpReply.Answer(response.getCode(), headers, "");
    }
    try (InputStream in = entity.getContent()) {
      byte[] body = in.readNBytes(MAX_ANSWER_BYTES);
      return new HttpReply.Answer(
          response.getCode(), headers, new String(body, StandardCharsets.UTF_8));
    }
  }

  /** What failed, by kind; its text only where it comes from the network, not from the call. */
  private static String kind(Exception e) {
    String type = e.getClass().getSimpleName();
    return e instanceof IOException && e.getMessage() != null
        ? type + ": " + EspText.shown(e.getMessage())
        : type;
  }

  @Override
  public void close() {
    client.close(CloseMode.IMMEDIATE);
    connections.close(CloseMode.IMMEDIATE);
  }
}
