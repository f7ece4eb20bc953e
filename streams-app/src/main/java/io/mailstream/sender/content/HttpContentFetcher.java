package io.mailstream.sender.content;

import io.mailstream.sender.content.s3.S3Requests;
import io.mailstream.sender.provider.common.EspText;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Fetches content by one GET, over HTTPS or from S3. Redirects are not followed: where they lead is
 * not what the policies allow.
 */
final class HttpContentFetcher implements ContentFetcher {

  private static final Duration CONNECT = Duration.ofSeconds(3);

  private final HttpClient client;
  private final Duration timeout;
  private final Optional<S3Requests> s3;

  private HttpContentFetcher(Duration timeout, Optional<S3Requests> s3) {
    this.timeout = timeout;
    this.s3 = s3;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .proxy(ProxySelector.getDefault())
            .build();
  }

  /**
   * A fetcher that has connected to nothing.
   *
   * @param useS3 whether there will be references to S3
   */
  static HttpContentFetcher create(ContentConfig config, boolean useS3) {
    return new HttpContentFetcher(
        config.timeout(), useS3 ? Optional.of(s3(config)) : Optional.empty());
  }

  private static S3Requests s3(ContentConfig config) {
    return S3Requests.create(
        config
            .s3()
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "%s is missing: the policies allow references to S3, so give the buckets'"
                            .formatted(ContentConfig.REGION)
                        + " region, such as eu-west-1")));
  }

  @Override
  public Result fetch(URI uri, long size) {
    HttpRequest request;
    try {
      request =
          uri.getScheme().equals("s3")
              ? s3.orElseThrow().get(uri)
              : HttpRequest.newBuilder(uri).build();
    } catch (RuntimeException e) {
      // No credentials, for now: the SDK's chain asks files and services for them.
      return new Result.Failed("no request for the content could be made: " + kind(e));
    }
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, body(Math.addExact(size, 1)));
    try {
      return result(answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return new Result.Failed(
          "the content was not there within %d ms".formatted(timeout.toMillis()));
    } catch (ExecutionException e) {
      return failed(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Result.Failed("the fetch of the content was interrupted");
    } finally {
      // Ends what is still under way, and nothing where it is over.
      answer.cancel(true);
    }
  }

  /** The body of a success, up to a bound; of everything else none. */
  private static HttpResponse.BodyHandler<byte[]> body(long most) {
    return info ->
        info.statusCode() == 200
            ? new BoundedBody(most)
            : HttpResponse.BodySubscribers.replacing(new byte[0]);
  }

  private static Result result(HttpResponse<byte[]> answer) {
    int status = answer.statusCode();
    return switch (status) {
      case 200 -> new Result.Bytes(answer.body());
      case 408, 425, 429 -> new Result.Failed(answered(status));
      case 301, 302, 303, 307, 308 ->
          new Result.Refused(answered(status) + ", which leads elsewhere and is not followed");
      default ->
          status >= 500
              ? new Result.Failed(answered(status))
              : new Result.Refused(answered(status));
    };
  }

  private static String answered(int status) {
    return "the server of the content answered " + status;
  }

  private static Result failed(Throwable why) {
    return new Result.Failed("the content could not be fetched: " + kind(why));
  }

  private static String kind(Throwable e) {
    String type = e.getClass().getSimpleName();
    return e instanceof IOException && e.getMessage() != null
        ? type + ": " + EspText.shown(e.getMessage())
        : type;
  }

  @Override
  public void close() {
    client.shutdownNow();
    s3.ifPresent(S3Requests::close);
  }
}
