package io.mailstream.streams.query;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The API's description: {@code /openapi.yaml} and {@code /openapi.json}; needs no token. */
final class OpenApi {

  private static final String FILE = "openapi.yaml";

  private final byte[] yaml;
  private final byte[] json;

  OpenApi() {
    try (InputStream in = OpenApi.class.getResourceAsStream(FILE)) {
      yaml = in.readAllBytes();
      json = Answers.bytes(new ObjectMapper(new YAMLFactory()).readTree(yaml));
    } catch (IOException e) {
      throw new UncheckedIOException(FILE + " cannot be read from the class path", e);
    }
  }

  void register(HttpRouting.Builder routes) {
    routes.get(
        "/openapi.yaml",
        (request, response) ->
            response.header(HeaderNames.CONTENT_TYPE, "application/yaml").send(yaml));
    routes.get(
        "/openapi.json",
        (request, response) ->
            response.header(HeaderNames.CONTENT_TYPE, "application/json").send(json));
  }
}
