package io.mailstream.schemas.serde;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests to a registry that may stand behind several URLs. An attempt goes to the URL that
 * answered last, then to each of the others; between two such rounds lies a pause that doubles,
 * with jitter. What says nothing about the request is an outage and tried again: no connection, a
 * timeout, 5xx, 408, 429, and whatever does not look like the answer of a registry, such as the 404
 * of a proxy whose backend is being replaced. All requests made here may be repeated.
 *
 * <p>Holds no thread and no connection of its own, so there is nothing to close.
 */
final class RegistryHttp {

  private static final Logger LOG = LoggerFactory.getLogger(RegistryHttp.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_BODY_BYTES = 16 * 1024 * 1024;
  private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
  private static final String ACCEPT =
      MEDIA_TYPE + ", application/vnd.schemaregistry+json; q=0.9, application/json; q=0.8";

  private final List<URI> urls;
  private final Map<URI, String> authorizations = new LinkedHashMap<>();
  private final int connectTimeoutMs;
  private final int readTimeoutMs;
  private final long retryTimeoutMs;
  private final long retryWaitMs;
  private final long retryMaxWaitMs;
  private volatile int preferred;

  RegistryHttp(AvroSerdeConfig config) {
    urls = config.urls();
    urls.forEach(url -> authorizations.put(url, config.authorization(url)));
    connectTimeoutMs = config.getInt(AvroSerdeConfig.CONNECT_TIMEOUT_MS);
    readTimeoutMs = config.getInt(AvroSerdeConfig.READ_TIMEOUT_MS);
    retryTimeoutMs = config.getLong(AvroSerdeConfig.RETRY_TIMEOUT_MS);
    retryWaitMs = config.getLong(AvroSerdeConfig.RETRY_WAIT_MS);
    retryMaxWaitMs = config.getLong(AvroSerdeConfig.RETRY_MAX_WAIT_MS);
  }

  /**
   * The answer to a request.
   *
   * @param path below the base URL, encoded, with a leading slash
   * @param body the JSON to send, or null for none
   * @throws RegistryRefusal if the registry says no, for good
   * @throws RegistryUnavailableException if no URL gave an answer within the bound on retries
   */
  JsonNode request(String method, String path, JsonNode body) {
    return request(method, path, body, false);
  }

  /**
   * The answer to a question that a registry may be too old to know.
   *
   * @throws RegistryRefusal also if the registry has nothing at that path
   */
  JsonNode requestIfOffered(String path) {
    return request("GET", path, null, true);
  }

  private JsonNode request(String method, String path, JsonNode body, boolean mayBeMissing) {
    long start = System.nanoTime();
    long waitMs = retryWaitMs;
    for (int round = 1; ; round++) {
      Map<String, Outage> outages = new LinkedHashMap<>();
      int first = preferred;
      for (int i = 0; i < urls.size(); i++) {
        int index = (first + i) % urls.size();
        URI url = urls.get(index);
        try {
          JsonNode answer = attempt(url, method, path, body, mayBeMissing);
          if (round > 1) {
            LOG.info("Schema registry {} answers again after {} rounds", shown(url), round);
          }
          preferred = index;
          return answer;
        } catch (RegistryRefusal e) {
          preferred = index;
          throw e;
        } catch (Outage e) {
          outages.put(shown(url) + path, e);
        }
      }
      long pauseMs = Math.max(jittered(waitMs), Math.min(retryAfterMs(outages), retryMaxWaitMs));
      waitMs = Math.min(waitMs * 2, retryMaxWaitMs);
      long elapsedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      if (elapsedMs + pauseMs > retryTimeoutMs) {
        throw unavailable(outages, round, elapsedMs);
      }
      if (round == 1) {
        LOG.warn(
            "Schema registry does not answer; retrying for up to {} ms: {}",
            retryTimeoutMs,
            describe(outages));
      }
      pause(pauseMs);
    }
  }

  static String basic(String userInfo) {
    return "Basic " + Base64.getEncoder().encodeToString(userInfo.getBytes(StandardCharsets.UTF_8));
  }

  /** A URL without the credentials that it may hold. */
  static String shown(String url) {
    return url.replaceFirst("//[^/]*@", "//");
  }

  private static String shown(URI url) {
    return shown(url.toString());
  }

  private JsonNode attempt(URI url, String method, String path, JsonNode body, boolean mayBeMissing)
      throws Outage {
    try {
      // Credentials travel in the header, never in the request's URL.
      URI target = URI.create(shown(url) + path);
      HttpURLConnection connection = (HttpURLConnection) target.toURL().openConnection();
      connection.setRequestMethod(method);
      connection.setConnectTimeout(connectTimeoutMs);
      connection.setReadTimeout(readTimeoutMs);
      connection.setUseCaches(false);
      // A redirect could carry the credentials to another host.
      connection.setInstanceFollowRedirects(false);
      connection.setRequestProperty("Accept", ACCEPT);
      String authorization = authorizations.get(url);
      if (authorization != null) {
        connection.setRequestProperty("Authorization", authorization);
      }
      if (body != null) {
        connection.setRequestProperty("Content-Type", MEDIA_TYPE);
        connection.setDoOutput(true);
        try (var out = connection.getOutputStream()) {
          out.write(body.toString().getBytes(StandardCharsets.UTF_8));
        }
      }
      return answer(connection, shown(url) + path, mayBeMissing);
    } catch (IOException e) {
      throw new Outage(e.toString(), 0, e);
    }
  }

  private JsonNode answer(HttpURLConnection connection, String shownUrl, boolean mayBeMissing)
      throws Outage, IOException {
    int status = connection.getResponseCode();
    byte[] body = body(connection, status);
    JsonNode json = parse(body);
    if (status == 200 && json.isContainerNode()) {
      return json;
    }
    int code = json.path("error_code").asInt(0);
    String message = json.path("message").asText("");
    String said = message.isEmpty() ? "HTTP " + status : "HTTP " + status + " (" + message + ")";
    boolean final4xx = status >= 400 && status < 500 && status != 408 && status != 429;
    // A registry's own 404 has a code of five digits; any other comes from something in between.
    boolean ours = code > 40400 || (mayBeMissing && (json.isObject() || body.length == 0));
    if (final4xx && (status != 404 || ours)) {
      throw new RegistryRefusal(status, code, said + " from " + shownUrl);
    }
    if (status == 200 || status == 404) {
      said += ", not the answer of a schema registry: check the path of " + AvroSerdeConfig.URL;
    }
    throw new Outage(said, retryAfterMs(connection), null);
  }

  private static byte[] body(HttpURLConnection connection, int status) throws IOException {
    try (InputStream in =
        status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      if (in == null) {
        return new byte[0];
      }
      byte[] bytes = in.readNBytes(MAX_BODY_BYTES + 1);
      if (bytes.length > MAX_BODY_BYTES) {
        throw new IOException("answer of more than " + MAX_BODY_BYTES + " bytes");
      }
      return bytes;
    }
  }

  private static JsonNode parse(byte[] body) throws IOException {
    try {
      JsonNode json = JSON.readTree(body);
      return json == null ? MissingNode.getInstance() : json;
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  private static long retryAfterMs(HttpURLConnection connection) {
    // Seconds or a date; a date is left to the pause of our own.
    return TimeUnit.SECONDS.toMillis(Math.max(0, connection.getHeaderFieldInt("Retry-After", 0)));
  }

  private static long retryAfterMs(Map<String, Outage> outages) {
    return outages.values().stream().mapToLong(outage -> outage.retryAfterMs).min().orElse(0);
  }

  private static long jittered(long waitMs) {
    return ThreadLocalRandom.current().nextLong(waitMs / 2, waitMs + 1);
  }

  private static void pause(long pauseMs) {
    try {
      TimeUnit.MILLISECONDS.sleep(pauseMs);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  private static RegistryUnavailableException unavailable(
      Map<String, Outage> outages, int rounds, long elapsedMs) {
    return new RegistryUnavailableException(
        "schema registry does not answer, tried %d time%s over %d ms: %s; check %s and the registry"
            .formatted(
                rounds, rounds == 1 ? "" : "s", elapsedMs, describe(outages), AvroSerdeConfig.URL),
        outages.values().iterator().next().getCause());
  }

  private static String describe(Map<String, Outage> outages) {
    List<String> parts = new ArrayList<>();
    outages.forEach((url, outage) -> parts.add(url + ": " + outage.getMessage()));
    return String.join("; ", parts);
  }

  /** One attempt that told nothing about the request. */
  private static final class Outage extends Exception {

    private static final long serialVersionUID = 1;

    private final long retryAfterMs;

    Outage(String message, long retryAfterMs, Throwable cause) {
      super(message, cause, false, false);
      this.retryAfterMs = retryAfterMs;
    }
  }
}
