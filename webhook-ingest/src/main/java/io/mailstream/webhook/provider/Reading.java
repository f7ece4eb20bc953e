package io.mailstream.webhook.provider;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.webhook.provider.Receipt.Authentic;
import io.mailstream.webhook.provider.Receipt.DeadLetter;
import io.mailstream.webhook.provider.Receipt.Done;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What one entry of an authentic callback says. */
public sealed interface Reading {

  /** It is an event in our terms. */
  record Event(FeedbackEvent event) implements Reading {}

  /** It is understood, and does not bear on mail. */
  record Nothing() implements Reading {}

  /** It is not understood and will be kept; the reason is for people and repeats no address. */
  record Unknown(String reason) implements Reading {}

  /** An event that is complete. */
  static Reading of(FeedbackEvent.Builder event) {
    return new Event(event.build());
  }

  /** A kind of event that is not known. */
  static Unknown unknownKind(String kind) {
    return new Unknown("an event of kind '%s' is not known".formatted(Json.clip(kind, 40)));
  }

  /**
   * Reads each entry on its own: what is understood counts, whatever stands beside it.
   *
   * @param nonce see {@link Authentic}
   */
  static Receipt all(
      Iterable<JsonNode> entries, Function<JsonNode, Reading> read, Optional<Nonce> nonce) {
    List<FeedbackEvent> events = new ArrayList<>();
    List<DeadLetter> unknown = new ArrayList<>();
    for (JsonNode entry : entries) {
      switch (read.apply(entry)) {
        case Event event -> events.add(event.event());
        case Unknown letter ->
            unknown.add(
                new DeadLetter(letter.reason(), entry.toString().getBytes(StandardCharsets.UTF_8)));
        case Nothing nothing -> {
          // Nothing to write.
        }
      }
    }
    if (events.isEmpty() && unknown.isEmpty()) {
      return new Done("no_bearing");
    }
    return new Authentic(events.isEmpty() ? "unknown_event" : "accepted", events, unknown, nonce);
  }

  /** The whole callback is authentic but not what it should be: kept as it is. */
  static Receipt unreadable(byte[] body, String reason, Optional<Nonce> nonce) {
    return new Authentic("unknown_event", List.of(), List.of(new DeadLetter(reason, body)), nonce);
  }
}
