package io.mailstream.streams.query;

import static io.mailstream.streams.query.QueryPair.JSON;
import static io.mailstream.streams.query.QueryPair.encoded;
import static io.mailstream.streams.query.QueryPair.get;
import static io.mailstream.streams.query.QueryPair.instances;
import static io.mailstream.streams.query.QueryPair.request;
import static io.mailstream.streams.query.QueryPair.send;
import static io.mailstream.streams.query.QueryPair.suppressed;
import static io.mailstream.streams.query.QueryPair.topics;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.embedded.EmbeddedKafka;
import io.mailstream.embedded.SharedKafka;
import io.mailstream.schemas.TopicSetup;
import io.mailstream.schemas.Topics;
import io.mailstream.sender.provider.Eventually;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Changes of the list by HTTP: they hold when they are answered. */
@ExtendWith(QueryPair.Started.class)
class QueryChangesIT {

  @Test
  void aChangeHoldsOnEveryInstanceWhenItIsAnswered() throws Exception {
    for (int i = 0; i < 8; i++) {
      String path = "/v1/suppressions/" + encoded("written%d@example.com".formatted(i));
      QueryInstance here = instances.get(i % 2);
      QueryInstance there = instances.get((i + 1) % 2);

      HttpResponse<String> put =
          send(
              request(here, path + "?tenant=shop")
                  .PUT(BodyPublishers.ofString("{\"reason\":\"COMPLAINT\",\"note\":\"by phone\"}"))
                  .build());
      assertThat(put.statusCode()).as(put.body()).isEqualTo(200);
      assertThat(JSON.readTree(put.body()).get("suppressed").asBoolean()).isTrue();
      JsonNode seen = JSON.readTree(get(there, path + "?tenant=shop").body());
      assertThat(seen.get("suppressed").asBoolean()).isTrue();
      assertThat(seen.get("entries").get(0).get("note").asText()).isEqualTo("by phone");
      assertThat(seen.get("changes").get(0).get("by").asText()).isEqualTo("test");

      // Nothing to do is an answer, too.
      assertThat(send(request(there, path).DELETE().build()).statusCode()).isEqualTo(200);
      assertThat(suppressed(here, path + "?tenant=shop")).isTrue();
      HttpResponse<String> gone = send(request(there, path + "?tenant=shop").DELETE().build());
      assertThat(JSON.readTree(gone.body()).get("suppressed").asBoolean()).isFalse();
      assertThat(suppressed(here, path + "?tenant=shop")).isFalse();
    }
  }

  @Test
  void whatIsErasedIsKnownNoMoreButThatItGetsNoMail() throws Exception {
    QueryInstance instance = instances.getFirst();
    String path = encoded("erased@example.com");
    send(
        request(instance, "/v1/suppressions/" + path)
            .PUT(BodyPublishers.ofString("{\"note\":\"Jane Doe asked\"}"))
            .build());

    HttpResponse<String> erased =
        send(request(instance, "/v1/recipients/" + path).DELETE().build());
    assertThat(erased.statusCode()).as(erased.body()).isEqualTo(200);
    assertThat(JSON.readTree(erased.body()).get("kept").asText()).isEqualTo("address");
    JsonNode left = JSON.readTree(get(instance, "/v1/suppressions/" + path).body());
    assertThat(left.get("suppressed").asBoolean()).isTrue();
    assertThat(left.get("changes")).isEmpty();
    assertThat(left.toString()).doesNotContain("Jane");

    send(request(instance, "/v1/suppressions/" + path).DELETE().build());
    HttpResponse<String> nothing =
        send(request(instance, "/v1/recipients/" + path).DELETE().build());
    assertThat(JSON.readTree(nothing.body()).get("kept").asText()).isEqualTo("nothing");
    assertThat(get(instance, "/v1/suppressions/" + path).body()).contains("\"changes\":[]");
  }

  @Test
  void aChangeThatCannotBeMeantIsRefused() throws Exception {
    String path = "/v1/suppressions/jane@example.com";
    for (String body :
        List.of(
            "{\"reason\":\"UNKNOWN\"}",
            "{\"expires_at\":\"2020-01-01T00:00:00Z\"}",
            "{\"expires_at\":\"tomorrow\"}",
            "{\"expires\":\"2030-01-01T00:00:00Z\"}",
            "{\"note\":\"%s\"}".formatted("x".repeat(257)),
            "[]",
            "{} {}",
            "{")) {
      HttpResponse<String> response =
          send(request(instances.getFirst(), path).PUT(BodyPublishers.ofString(body)).build());

      assertThat(response.statusCode()).as(body).isEqualTo(400);
    }
    assertThat(
            send(request(instances.getFirst(), path + "?reason=NONE").DELETE().build())
                .statusCode())
        .isEqualTo(400);
  }

  @Test
  void aTokenThatMayOnlyReadDoesNotWrite() throws Exception {
    URI uri = URI.create(instances.getFirst().url() + "/v1/suppressions/jane@example.com");
    for (String method : List.of("PUT", "DELETE")) {
      HttpRequest request =
          HttpRequest.newBuilder(uri)
              .header("Authorization", "Bearer " + QueryInstance.READER)
              .method(method, BodyPublishers.noBody())
              .build();

      assertThat(send(request).statusCode()).isEqualTo(403);
    }
    assertThat(send(HttpRequest.newBuilder(uri).DELETE().build()).statusCode()).isEqualTo(401);
  }

  @Test
  void aChangeThatNobodyCarriesOutYetIsAccepted() throws Exception {
    Topics unread = new Topics(EmbeddedKafka.uniquePrefix());
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", SharedKafka.bootstrapServers()))) {
      TopicSetup.createMissing(admin, unread, 1, (short) 1);
    }
    try (QueryInstance alone = QueryInstance.alone(SharedKafka.bootstrapServers(), unread)) {
      HttpRequest put =
          request(alone, "/v1/suppressions/jane@example.com").PUT(BodyPublishers.noBody()).build();
      // The very first may find that half a second is too short to connect.
      Eventually.holds("it is accepted", () -> statusOf(put) == 202);
    }
  }

  @Test
  void withoutKafkaNothingIsChangedAndTheAnswerSaysSo() throws Exception {
    try (QueryInstance alone = QueryInstance.alone("127.0.0.1:1", topics())) {
      HttpResponse<String> response =
          send(
              request(alone, "/v1/suppressions/jane@example.com")
                  .PUT(BodyPublishers.noBody())
                  .build());

      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(response.body()).contains("nothing was changed");
    }
  }

  private static int statusOf(HttpRequest request) {
    try {
      return send(request).statusCode();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
