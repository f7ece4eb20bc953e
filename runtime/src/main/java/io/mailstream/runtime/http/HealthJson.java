package io.mailstream.runtime.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;
import io.mailstream.runtime.health.CheckResult;
import io.mailstream.runtime.health.Health;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** What the checks found, as an answer: 200 or 503, each check by name with its reason. */
final class HealthJson {

  private static final JsonFactory JSON = new JsonFactory();

  private HealthJson() {}

  static void send(Health.Report report, ServerResponse response) {
    response
        .status(report.isUp() ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503)
        .header(HeaderNames.CONTENT_TYPE, "application/json")
        .header(HeaderNames.CACHE_CONTROL, "no-store")
        .send(json(report));
  }

  private static byte[] json(Health.Report report) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("status", status(report.isUp()));
      json.writeArrayFieldStart("checks");
      for (Map.Entry<String, CheckResult> check : report.checks().entrySet()) {
        json.writeStartObject();
        json.writeStringField("name", check.getKey());
        json.writeStringField("status", status(check.getValue().isUp()));
        String reason =
            switch (check.getValue()) {
              case CheckResult.Down(String why) -> why;
              case CheckResult.Up(String note) -> note;
            };
        if (!reason.isEmpty()) {
          json.writeStringField("reason", reason);
        }
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("an array cannot fail to be written to", e);
    }
    return out.toByteArray();
  }

  private static String status(boolean up) {
    return up ? "UP" : "DOWN";
  }
}
