package io.mailstream.streams.query;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.mailstream.streams.hold.HoldView;
import io.mailstream.streams.query.Answers.Answer;
import io.mailstream.streams.query.Lookup.Question;
import io.mailstream.streams.query.Lookup.Result;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.state.HostInfo;

/**
 * {@code GET /v1/recipients/{address}}: what the topology knows of a recipient: the suppressions,
 * and the mail that waits for it. Results are not kept by address: they are in the results topic.
 */
final class RecipientReads {

  private static final int LOOK_AT = 20_000;

  private final Places places;
  private final LocalHolds holds;
  private final Lookup lookup;
  private final OwnerClient owners;
  private final Answers answers;

  RecipientReads(
      Places places, LocalHolds holds, Lookup lookup, OwnerClient owners, MeterRegistry meters) {
    this.places = places;
    this.holds = holds;
    this.lookup = lookup;
    this.owners = owners;
    this.answers = new Answers("recipient", meters);
  }

  /** A mail that waits. */
  record Waiting(
      @JsonProperty("delivery_id") String deliveryId,
      @JsonProperty("request_id") String requestId,
      String tenant,
      String stream,
      String lane,
      String reason,
      String since) {}

  /**
   * What is known.
   *
   * @param heldComplete whether all that waits in its partition was looked at
   */
  record Recipient(
      String address,
      SuppressionAnswer suppression,
      List<Waiting> held,
      @JsonProperty("held_complete") boolean heldComplete) {}

  void register(HttpRouting.Builder routes) {
    routes.get("/v1/recipients/{+address}", answers.handler(this::get));
  }

  private void get(ServerRequest request, ServerResponse response) {
    Target target = Target.of(request);
    if (places.partitions() == 0) {
      Answers.send(response, Answer.notReady("the topology is not started yet"));
      return;
    }
    int partition = places.partition(target.key().getBytes(StandardCharsets.UTF_8));
    Optional<HoldView.Found> here = holds.look(partition, view -> view.of(target.key(), LOOK_AT));
    if (here.isPresent()) {
      answers.count("local");
      Answers.send(response, local(request, target, here.get()));
      return;
    }
    List<HostInfo> hosts = places.askFor(partition);
    boolean forwarded = request.headers().contains(SuppressionReads.FORWARDED);
    if (forwarded || hosts.isEmpty() || hosts.getFirst().equals(places.self())) {
      answers.count("not_ready");
      Answers.send(
          response,
          Answer.notReady("partition %d is moving between instances".formatted(partition)));
      return;
    }
    answers.count("forwarded");
    String query = request.query().rawValue();
    Answers.send(
        response,
        owners.get(
            hosts.getFirst(),
            request.path().rawPath() + (query.isEmpty() ? "" : "?" + query),
            request.headers().first(HeaderNames.AUTHORIZATION)));
  }

  private Answer local(ServerRequest request, Target target, HoldView.Found found) {
    Result result =
        lookup.everywhere(
            new Question(List.of(target.key()), target.tenant(), target.stream(), true),
            SuppressionReads.authorization(request));
    if (!result.isComplete()) {
      return Answer.notReady(result.why());
    }
    return Answer.json(
        200,
        new Recipient(
            target.key(),
            result.answers().get(target.key()),
            found.items().stream().map(RecipientReads::waiting).toList(),
            found.complete()));
  }

  private static Waiting waiting(HoldView.Item item) {
    return new Waiting(
        item.deliveryId(),
        item.requestId(),
        item.tenant(),
        item.stream(),
        LocalHolds.lower(item.lane()),
        LocalHolds.lower(item.reason()),
        Instant.ofEpochMilli(item.heldAt()).toString());
  }
}
