package io.mailstream.streams.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.mailstream.runtime.http.BearerAuth;
import io.mailstream.runtime.http.Problem;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.store.SuppressionState;
import io.mailstream.streams.query.OwnerClient.Answer;
import io.mailstream.streams.query.StoreLookup.Located;
import io.mailstream.streams.suppress.SuppressionStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.state.HostInfo;

/**
 * The query API: {@code GET /v1/suppressions/{address}?tenant=&stream=} says whether mail of that
 * tenant and stream is kept from the address, and all that holds for it. Any instance answers: from
 * its own store, or by asking the one that owns the address. Errors are problem+json: 400 for what
 * is no address, 503 with Retry-After while the owner is not known or does not answer.
 */
public final class QueryApi implements AutoCloseable {

  private static final int MAX_ADDRESS = 320;
  private static final int MAX_NAME = 256;
  private static final String RETRY_AFTER_SECONDS = "1";
  private static final HeaderName FORWARDED = HeaderNames.create(OwnerClient.FORWARDED);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final StoreLookup<SuppressionState> suppressions;
  private final OwnerClient owners = new OwnerClient();
  private final BearerAuth auth;
  private final InstantSource clock;
  private final MeterRegistry meters;

  /**
   * The API.
   *
   * @param streams the application; empty: not started yet
   * @param self this instance, as its {@code application.server} names it
   * @param tokens the bearer tokens that are let in; the same on every instance
   * @param host the address that the HTTP server listens on
   * @param clock what decides whether an entry has expired
   * @param meters where it counts what it answers
   * @throws IllegalArgumentException if there is no token and the host is beyond loopback
   */
  public QueryApi(
      Supplier<Optional<KafkaStreams>> streams,
      Supplier<HostInfo> self,
      List<String> tokens,
      String host,
      InstantSource clock,
      MeterRegistry meters) {
    this.suppressions = new StoreLookup<>(SuppressionStore.NAME, streams, self);
    this.auth = BearerAuth.of(tokens, host);
    this.clock = clock;
    this.meters = meters;
  }

  /** Adds the API's routes. */
  public void register(HttpRouting.Builder routes) {
    routes.any("/v1/*", auth);
    routes.get("/v1/suppressions/{+address}", this::suppression);
  }

  private void suppression(ServerRequest request, ServerResponse response) {
    String address = request.path().pathParameters().get("address");
    String tenant = parameter(request, "tenant");
    String stream = parameter(request, "stream");
    Optional<String> key =
        address.length() > MAX_ADDRESS ? Optional.empty() : RecipientKey.find(address);
    Optional<String> fault = fault(key, tenant, stream);
    if (fault.isPresent()) {
      count("invalid");
      Problem.of(400, fault.get()).send(response);
      return;
    }
    switch (suppressions.find(key.get())) {
      case Located.Here<SuppressionState>(Optional<SuppressionState> state) -> {
        count("local");
        SuppressionAnswer answer =
            SuppressionAnswer.of(key.get(), tenant, stream, state, clock.millis());
        send(response, new Answer(200, "application/json", json(answer)));
      }
      case Located.Elsewhere<SuppressionState>(HostInfo owner, int partition) -> {
        if (request.headers().contains(FORWARDED)) {
          count("moved");
          String why = "partition %d is moving between instances".formatted(partition);
          sendNotReady(response, why);
        } else {
          count("forwarded");
          forward(request, response, owner);
        }
      }
      case Located.NotReady<SuppressionState>(String why) -> {
        count("not_ready");
        sendNotReady(response, why);
      }
    }
  }

  private static Optional<String> fault(Optional<String> key, String tenant, String stream) {
    if (key.isEmpty()) {
      return Optional.of(
          "the path does not end in an address: give local-part@domain, percent-encoded, at most"
              + " 320 characters");
    }
    if ((tenant != null && tenant.length() > MAX_NAME)
        || (stream != null && stream.length() > MAX_NAME)) {
      return Optional.of("tenant and stream have at most 256 characters");
    }
    return stream != null && tenant == null
        ? Optional.of("a stream belongs to a tenant: give tenant= too, or leave stream= out")
        : Optional.empty();
  }

  private void forward(ServerRequest request, ServerResponse response, HostInfo owner) {
    String query = request.query().rawValue();
    String target = request.path().rawPath() + (query.isEmpty() ? "" : "?" + query);
    send(response, owners.get(owner, target, request.headers().first(HeaderNames.AUTHORIZATION)));
  }

  private static void sendNotReady(ServerResponse response, String why) {
    send(
        response, new Answer(503, Problem.MEDIA_TYPE, Problem.of(503, why + "; try again").json()));
  }

  private static void send(ServerResponse response, Answer answer) {
    if (answer.status() == 503) {
      response.header(HeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    response
        .status(Status.create(answer.status()))
        .header(HeaderNames.CONTENT_TYPE, answer.type())
        .send(answer.body());
  }

  private static String parameter(ServerRequest request, String name) {
    return request.query().first(name).filter(value -> !value.isBlank()).orElse(null);
  }

  private static byte[] json(SuppressionAnswer answer) {
    try {
      return JSON.writeValueAsBytes(answer);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of strings is always JSON", e);
    }
  }

  private void count(String outcome) {
    meters
        .counter("mailstream.query.requests", "query", "suppression", "outcome", outcome)
        .increment();
  }

  @Override
  public void close() {
    owners.close();
  }
}
