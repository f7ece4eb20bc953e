package io.mailstream.streams.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.helidon.http.BadRequestException;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.mailstream.store.SuppressionState;
import io.mailstream.streams.query.Answers.Answer;
import io.mailstream.streams.query.LocalStore.Found;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.KeyValueIterator;

/**
 * {@code GET /v1/suppressions}: the list, page by page, partition after partition, each asked of
 * the instance that has it. A page may be short, because what one request looks at is bounded;
 * there is more as long as there is a cursor.
 */
final class SuppressionListing {

  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_LIMIT = 1000;
  private static final int MAX_LOOKED_AT = 20_000;
  private static final String PATH = "/v1/suppressions";

  private final Places places;
  private final LocalStore local;
  private final OwnerClient owners;
  private final InstantSource clock;
  private final Answers answers;

  SuppressionListing(
      Places places,
      LocalStore local,
      OwnerClient owners,
      InstantSource clock,
      MeterRegistry meters) {
    this.places = places;
    this.local = local;
    this.owners = owners;
    this.clock = clock;
    this.answers = new Answers("list", meters);
  }

  /**
   * A page.
   *
   * @param results addresses with what holds for them, in no order that means anything
   * @param next where the next page begins; null: this is the last
   * @param recordsBehind how far a copy that answered may be behind; null: none did
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Page(
      List<SuppressionAnswer> results,
      String next,
      @JsonProperty("records_behind") Long recordsBehind) {}

  /** A page of one partition, or why there is none. */
  private record Part(Optional<Page> page, String why) {

    static Part none(String why) {
      return new Part(Optional.empty(), why);
    }
  }

  void register(HttpRouting.Builder routes) {
    routes.get(PATH, answers.handler(this::list));
  }

  private void list(ServerRequest request, ServerResponse response) {
    ListFilter filter = ListFilter.of(request);
    int limit = limit(Target.parameter(request, "limit"));
    int partitions = places.partitions();
    if (partitions == 0) {
      answers.count("not_ready");
      Answers.send(response, Answer.notReady("the topology is not started yet"));
      return;
    }
    Cursor cursor = Cursor.of(Target.parameter(request, "cursor"), partitions);
    Part part =
        request.headers().contains(SuppressionReads.FORWARDED)
            ? here(filter, cursor, limit)
            : everywhere(
                filter, cursor, limit, partitions, SuppressionReads.authorization(request));
    answers.count(part.page().isPresent() ? "answered" : "not_ready");
    Answers.send(
        response,
        part.page()
            .map(page -> Answer.json(200, page))
            .orElseGet(() -> Answer.notReady(part.why())));
  }

  private Part everywhere(
      ListFilter filter, Cursor from, int limit, int partitions, Optional<String> authorization) {
    List<SuppressionAnswer> results = new ArrayList<>();
    Long behind = null;
    Cursor cursor = from;
    while (cursor.partition() < partitions && results.size() < limit) {
      Part part = ask(filter, cursor, limit - results.size(), authorization);
      if (part.page().isEmpty()) {
        if (results.isEmpty()) {
          return part;
        }
        break;
      }
      Page page = part.page().get();
      results.addAll(page.results());
      if (page.recordsBehind() != null) {
        behind = Math.max(behind == null ? 0 : behind, page.recordsBehind());
      }
      if (page.next() == null) {
        cursor = new Cursor(cursor.partition() + 1, "");
      } else {
        cursor = Cursor.of(page.next(), partitions);
        break;
      }
    }
    String next = cursor.partition() < partitions ? cursor.text() : null;
    return new Part(Optional.of(new Page(results, next, behind)), "");
  }

  private Part ask(ListFilter filter, Cursor cursor, int limit, Optional<String> authorization) {
    List<HostInfo> hosts = places.askFor(cursor.partition());
    String why = places.nobodyFor(cursor.partition());
    for (HostInfo host : hosts) {
      Part part =
          host.equals(places.self())
              ? here(filter, cursor, limit)
              : there(host, filter, cursor, limit, authorization);
      if (part.page().isPresent()) {
        return part;
      }
      why = part.why();
    }
    return Part.none(why);
  }

  private Part there(
      HostInfo host, ListFilter filter, Cursor cursor, int limit, Optional<String> authorization) {
    Answer answer =
        owners.get(
            host,
            "%s?%slimit=%d&cursor=%s".formatted(PATH, filter.query(), limit, cursor.text()),
            authorization);
    if (answer.status() != 200) {
      return Part.none(Answers.detail(answer));
    }
    try {
      return new Part(Optional.of(Answers.JSON.readValue(answer.body(), Page.class)), "");
    } catch (IOException e) {
      return Part.none("the instance %s is of another version".formatted(host));
    }
  }

  /** One partition, as far as it is here; the cursor stays in it. */
  private Part here(ListFilter filter, Cursor cursor, int limit) {
    return switch (local.from(cursor.next(), cursor.partition())) {
      case Found.NotHere<KeyValueIterator<String, SuppressionState>>(String why) -> Part.none(why);
      case Found.Value<KeyValueIterator<String, SuppressionState>>(
              KeyValueIterator<String, SuppressionState> entries,
              OptionalLong behind) -> {
        try (entries) {
          yield new Part(Optional.of(page(entries, filter, cursor, limit, behind)), "");
        }
      }
    };
  }

  private Page page(
      KeyValueIterator<String, SuppressionState> entries,
      ListFilter filter,
      Cursor cursor,
      int limit,
      OptionalLong behind) {
    long now = clock.millis();
    List<SuppressionAnswer> results = new ArrayList<>();
    String last = cursor.after();
    for (int i = 0; i < MAX_LOOKED_AT && results.size() < limit && entries.hasNext(); i++) {
      KeyValue<String, SuppressionState> entry = entries.next();
      last = entry.key;
      if (filter.matches(entry.value.getEntries(), now)) {
        results.add(
            SuppressionAnswer.of(entry.key, null, null, Optional.of(entry.value), now).listed());
      }
    }
    String next = entries.hasNext() ? new Cursor(cursor.partition(), last).text() : null;
    return new Page(results, next, behind.isPresent() ? behind.getAsLong() : null);
  }

  private static int limit(String text) {
    if (text == null) {
      return DEFAULT_LIMIT;
    }
    try {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= MAX_LIMIT) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // Told below, with the rule.
    }
    throw new BadRequestException("limit must be a number from 1 to " + MAX_LIMIT);
  }
}
