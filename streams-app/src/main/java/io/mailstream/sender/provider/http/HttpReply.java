package io.mailstream.sender.provider.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.mailstream.sender.provider.common.EspText;
import io.mailstream.sender.provider.common.RetryAfter;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** How one HTTP request ended. */
public sealed interface HttpReply {

  /**
   * There was an answer.
   *
   * @param status the HTTP status
   * @param headers the header fields, names in lower case
   * @param body the body, or its beginning where it is very long
   */
  record Answer(int status, Map<String, String> headers, String body) implements HttpReply {

    private static final Duration MAX_RETRY_AFTER = Duration.ofHours(24);

    private static final JsonMapper JSON =
        JsonMapper.builder(
                JsonFactory.builder()
                    .streamReadConstraints(
                        StreamReadConstraints.builder()
                            .maxNestingDepth(20)
                            .maxStringLength(HttpCaller.MAX_ANSWER_BYTES)
                            .build())
                    .build())
            .build();

    /** Whether the status is one of success. */
    public boolean isSuccess() {
      return status >= 200 && status < 300;
    }

    /** A header field by its name in lower case. */
    public Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name)).filter(value -> !value.isBlank());
    }

    /** When to come back, as the Retry-After field says. */
    public Optional<Instant> retryAfter(Instant now) {
      return RetryAfter.parse(header("retry-after"), now, MAX_RETRY_AFTER);
    }

    /** The body as JSON; a missing node where it is none. */
    public JsonNode json() {
      try {
        JsonNode tree = JSON.readTree(body);
        return tree == null ? MissingNode.getInstance() : tree;
      } catch (JsonProcessingException e) {
        return MissingNode.getInstance();
      }
    }

    /** Status and text, as the end of a detail. */
    public String quote(String text) {
      String shown = EspText.shown(text);
      return " (" + status + (shown.isEmpty() ? ")" : ": " + shown + ")");
    }
  }

  /** The server cannot have had the whole request. */
  record Unwritten(String why) implements HttpReply {}

  /** The request was written, and no answer came that could be read. */
  record Cut(String why) implements HttpReply {}
}
