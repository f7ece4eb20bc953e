package io.mailstream.streams.query;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.mailstream.store.SuppressionState;
import io.mailstream.streams.query.Answers.Answer;
import io.mailstream.streams.query.StoreLookup.Located;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.Optional;
import org.apache.kafka.streams.state.HostInfo;

/**
 * {@code GET /v1/suppressions/{address}?tenant=&stream=}: whether mail of that tenant and stream is
 * kept from the address, and all that holds for it. Answers from the own store, or by asking the
 * instance that owns the address.
 */
final class SuppressionReads {

  private static final HeaderName FORWARDED = HeaderNames.create(OwnerClient.FORWARDED);

  private final StoreLookup<SuppressionState> suppressions;
  private final OwnerClient owners;
  private final InstantSource clock;
  private final Answers answers;

  SuppressionReads(
      StoreLookup<SuppressionState> suppressions,
      OwnerClient owners,
      InstantSource clock,
      MeterRegistry meters) {
    this.suppressions = suppressions;
    this.owners = owners;
    this.clock = clock;
    this.answers = new Answers("suppression", meters);
  }

  void register(HttpRouting.Builder routes) {
    routes.get("/v1/suppressions/{+address}", answers.handler(this::get));
  }

  private void get(ServerRequest request, ServerResponse response) {
    Target target = Target.of(request);
    switch (suppressions.find(target.key())) {
      case Located.Here<SuppressionState>(Optional<SuppressionState> state) -> {
        answers.count("local");
        Answers.send(
            response,
            Answer.json(
                200,
                SuppressionAnswer.of(
                    target.key(), target.tenant(), target.stream(), state, clock.millis())));
      }
      case Located.Elsewhere<SuppressionState>(HostInfo owner, int partition) -> {
        if (request.headers().contains(FORWARDED)) {
          answers.count("moved");
          Answers.send(
              response,
              Answer.notReady("partition %d is moving between instances".formatted(partition)));
        } else {
          answers.count("forwarded");
          Answers.send(response, forward(request, owner));
        }
      }
      case Located.NotReady<SuppressionState>(String why) -> {
        answers.count("not_ready");
        Answers.send(response, Answer.notReady(why));
      }
    }
  }

  private Answer forward(ServerRequest request, HostInfo owner) {
    String query = request.query().rawValue();
    String target = request.path().rawPath() + (query.isEmpty() ? "" : "?" + query);
    return owners.get(owner, target, request.headers().first(HeaderNames.AUTHORIZATION));
  }
}
