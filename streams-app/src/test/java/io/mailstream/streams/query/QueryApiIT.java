package io.mailstream.streams.query;

import static io.mailstream.streams.query.QueryPair.ADDRESSES;
import static io.mailstream.streams.query.QueryPair.JSON;
import static io.mailstream.streams.query.QueryPair.address;
import static io.mailstream.streams.query.QueryPair.addresses;
import static io.mailstream.streams.query.QueryPair.contract;
import static io.mailstream.streams.query.QueryPair.encoded;
import static io.mailstream.streams.query.QueryPair.get;
import static io.mailstream.streams.query.QueryPair.instances;
import static io.mailstream.streams.query.QueryPair.question;
import static io.mailstream.streams.query.QueryPair.request;
import static io.mailstream.streams.query.QueryPair.send;
import static io.mailstream.streams.query.QueryPair.suppressed;
import static io.mailstream.streams.query.QueryPair.topics;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.embedded.SharedKafka;
import io.mailstream.sender.provider.Eventually;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two instances, each asked for what the other has. */
@ExtendWith(QueryPair.Started.class)
class QueryApiIT {

  @Test
  void everyInstanceAnswersForEveryAddress() throws Exception {
    for (QueryInstance instance : instances) {
      for (int i = 0; i < ADDRESSES; i++) {
        HttpResponse<String> response = get(instance, "/v1/suppressions/" + encoded(address(i)));

        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode answer = JSON.readTree(response.body());
        assertThat(answer.get("address").asText()).isEqualTo(address(i));
        assertThat(answer.get("suppressed").asBoolean()).isTrue();
        assertThat(answer.get("reason").asText()).isEqualTo("HARD_BOUNCE");
        JsonNode entry = answer.get("entries").get(0);
        assertThat(entry.get("scope").asText()).isEqualTo("everything");
        assertThat(entry.get("source_event").asText()).isEqualTo("e" + i);
        assertThat(entry.get("since").asText()).startsWith("20");
      }
      assertThat(instance.count("suppression", "fresh")).isPositive();
      // Each asked the other for what the other has.
      assertThat(instance.count("check", "for_another")).isPositive();
    }
  }

  @Test
  void anAddressOfWhichNothingIsKnownIsNotSuppressed() throws Exception {
    for (QueryInstance instance : instances) {
      JsonNode answer =
          JSON.readTree(get(instance, "/v1/suppressions/Nobody@Example.COM?tenant=shop").body());

      assertThat(answer.get("address").asText()).isEqualTo("nobody@example.com");
      assertThat(answer.get("suppressed").asBoolean()).isFalse();
      assertThat(answer.get("entries")).isEmpty();
    }
  }

  @Test
  void tenantAndStreamDecideWhatHolds() throws Exception {
    for (QueryInstance instance : instances) {
      String path = "/v1/suppressions/" + encoded("un+sub/scribed@example.com");

      assertThat(suppressed(instance, path + "?tenant=shop&stream=news")).isTrue();
      assertThat(suppressed(instance, path + "?tenant=shop&stream=receipts")).isFalse();
      assertThat(suppressed(instance, path)).isFalse();
    }
  }

  @Test
  void whatIsNoAddressIsRefused() throws Exception {
    for (String bad :
        List.of(
            "/v1/suppressions/jane",
            "/v1/suppressions/jane@",
            "/v1/suppressions/" + "a".repeat(400) + "@example.com",
            "/v1/suppressions/jane@example.com?stream=news")) {
      HttpResponse<String> response = get(instances.getFirst(), bad);

      assertThat(response.statusCode()).as(bad).isEqualTo(400);
      assertThat(response.headers().firstValue("Content-Type"))
          .contains("application/problem+json");
    }
  }

  @Test
  void aTokenIsNeeded() throws Exception {
    HttpRequest bare =
        HttpRequest.newBuilder(
                URI.create(instances.getFirst().url() + "/v1/suppressions/jane@example.com"))
            .build();

    assertThat(send(bare).statusCode()).isEqualTo(401);
  }

  @Test
  void whatIsAskedForAnotherIsAnsweredFromHereOnly() throws Exception {
    int owned = 0;
    for (QueryInstance instance : instances) {
      for (JsonNode result : forwarded(instance)) {
        owned += result.has("records_behind") ? 0 : 1;
      }
    }

    assertThat(owned).isEqualTo(ADDRESSES);
  }

  @Test
  void aCopyAnswersAndSaysHowFarItIsBehind() throws Exception {
    for (QueryInstance instance : instances) {
      Eventually.holds("it has all copies", () -> forwarded(instance).size() == ADDRESSES);
      int copies = 0;
      for (JsonNode result : forwarded(instance)) {
        assertThat(result.get("suppressed").asBoolean()).isTrue();
        copies += result.has("records_behind") ? 1 : 0;
      }
      assertThat(copies).isBetween(1, ADDRESSES - 1);
    }
  }

  private static JsonNode forwarded(QueryInstance instance) {
    try {
      HttpResponse<String> response =
          send(
              request(instance, Lookup.PATH)
                  .header(OwnerClient.FORWARDED, "1")
                  .POST(BodyPublishers.ofString(question(addresses(), "")))
                  .build());
      return JSON.readTree(response.body()).get("results");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anInstanceThatIsNotStartedSaysSo() throws Exception {
    try (QueryInstance alone = QueryInstance.alone(SharedKafka.bootstrapServers(), topics())) {
      HttpResponse<String> response = get(alone, "/v1/suppressions/jane@example.com");

      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(response.body()).contains("not started");
      assertThat(response.headers().firstValue("Retry-After")).contains("1");
    }
  }

  @Test
  void whatIsKnownOfARecipientIsToldByItsOwner() throws Exception {
    for (QueryInstance instance : instances) {
      for (int i = 0; i < 4; i++) {
        JsonNode known =
            JSON.readTree(get(instance, "/v1/recipients/" + encoded(address(i))).body());

        assertThat(known.at("/suppression/suppressed").asBoolean()).isTrue();
        assertThat(known.get("held")).isEmpty();
        assertThat(known.get("held_complete").asBoolean()).isTrue();
      }
    }
  }

  @Test
  void everyPathOfTheDescriptionAnswers() throws Exception {
    for (ApiContract.Operation operation : contract().operations()) {
      String path = operation.path().replace("{address}", "described@example.com");
      BodyPublisher body =
          operation.method().equals("POST")
              ? BodyPublishers.ofString(question(addresses(), ""))
              : BodyPublishers.noBody();
      HttpResponse<String> response =
          send(request(instances.getFirst(), path).method(operation.method(), body).build());

      assertThat(response.statusCode()).as(operation + ": " + response.body()).isEqualTo(200);
    }
  }

  @Test
  void pausedStreamsSayWhy() throws Exception {
    JsonNode streams =
        JSON.readTree(get(instances.getFirst(), "/v1/streams").body()).path("streams");

    assertThat(streams)
        .anySatisfy(stream -> {
          assertThat(stream.path("stream").asText()).isEqualTo("news");
          assertThat(stream.path("bounce_rate").asDouble()).isEqualTo(0.06);
          assertThat(stream.path("paused").path("detail").asText()).isEqualTo("6 of 100 bounced");
          assertThat(stream.path("paused").has("until")).isFalse();
        });
  }
}
