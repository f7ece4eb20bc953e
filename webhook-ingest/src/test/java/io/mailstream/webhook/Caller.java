package io.mailstream.webhook;

import io.mailstream.webhook.provider.WebhookRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** Calls a service as ESPs and probes do. */
final class Caller {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final WebhookIngestApp app;

  Caller(WebhookIngestApp app) {
    this.app = app;
  }

  /** The status of a callback's answer. */
  int post(String esp, WebhookRequest callback) throws IOException, InterruptedException {
    return exchange(esp, callback).statusCode();
  }

  HttpResponse<String> exchange(String esp, WebhookRequest callback)
      throws IOException, InterruptedException {
    return send(request(esp, callback));
  }

  HttpRequest.Builder request(String esp, WebhookRequest callback) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri("/webhooks/" + esp))
            .timeout(IngestRig.DEADLINE)
            .POST(HttpRequest.BodyPublishers.ofByteArray(callback.body()));
    callback.headers().forEach(request::header);
    return request;
  }

  /** The same callback, packed. */
  static WebhookRequest packed(WebhookRequest callback) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(callback.body());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    Map<String, String> headers = new HashMap<>(callback.headers());
    headers.put("content-encoding", "gzip");
    return new WebhookRequest(headers, bytes.toByteArray());
  }

  int head(String esp) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri("/webhooks/" + esp)).HEAD()).statusCode();
  }

  HttpResponse<String> ready() throws IOException, InterruptedException {
    return get("/readyz");
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(path)));
  }

  /** The sum of what a metric says with a value of a tag. */
  double metric(String name, String tagValue) throws IOException, InterruptedException {
    return get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + "{") && line.contains('"' + tagValue + '"'))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  URI uri(String path) {
    return URI.create(app.url() + path);
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
