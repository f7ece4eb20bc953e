package io.mailstream.streams.query;

import static io.mailstream.streams.query.QueryPair.ADDRESSES;
import static io.mailstream.streams.query.QueryPair.JSON;
import static io.mailstream.streams.query.QueryPair.address;
import static io.mailstream.streams.query.QueryPair.addresses;
import static io.mailstream.streams.query.QueryPair.get;
import static io.mailstream.streams.query.QueryPair.instances;
import static io.mailstream.streams.query.QueryPair.question;
import static io.mailstream.streams.query.QueryPair.request;
import static io.mailstream.streams.query.QueryPair.send;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many addresses in one call: checks, and the list in pages. */
@ExtendWith(QueryPair.Started.class)
class QueryManyIT {

  @Test
  void manyAreCheckedAtOnceInTheirOrder() throws Exception {
    List<String> asked = new ArrayList<>(addresses());
    asked.add("nobody@example.com");
    asked.add("no address");
    asked.add("USER0@example.com");
    for (QueryInstance instance : instances) {
      JsonNode results = check(instance, asked, "");

      assertThat(results).hasSize(asked.size());
      for (int i = 0; i < ADDRESSES; i++) {
        assertThat(results.get(i).get("address").asText()).isEqualTo(address(i));
        assertThat(results.get(i).get("suppressed").asBoolean()).isTrue();
        assertThat(results.get(i).has("entries")).isFalse();
      }
      assertThat(results.get(ADDRESSES).get("suppressed").asBoolean()).isFalse();
      assertThat(results.get(ADDRESSES + 1).get("reason").asText()).isEqualTo("INVALID_ADDRESS");
      assertThat(results.get(ADDRESSES + 2).get("address").asText()).isEqualTo(address(0));
    }
    JsonNode details = check(instances.getFirst(), List.of(address(1)), ",\"details\":true");
    assertThat(details.get(0).get("entries")).hasSize(1);
  }

  @Test
  void aThousandAreCheckedAndNotOneMore() throws Exception {
    List<String> thousand =
        IntStream.range(0, 1000).mapToObj("somebody%d@example.com"::formatted).toList();
    assertThat(check(instances.getFirst(), thousand, "")).hasSize(1000);

    List<String> more = new ArrayList<>(thousand);
    more.add("one@example.com");
    for (String body :
        List.of(
            question(more, ""),
            question(List.of(), ""),
            "{\"addresses\":[null]}",
            "{\"addresses\":[\"a@example.com\"],\"stream\":\"news\"}",
            "")) {
      assertThat(
              send(request(instances.getFirst(), Lookup.PATH)
                      .POST(BodyPublishers.ofString(body))
                      .build())
                  .statusCode())
          .isEqualTo(400);
    }
  }

  @Test
  void theListIsPagedAndEachIsListedOnce() throws Exception {
    for (QueryInstance instance : instances) {
      List<String> listed = new ArrayList<>();
      String cursor = "";
      do {
        JsonNode page =
            JSON.readTree(
                get(instance, "/v1/suppressions?reason=HARD_BOUNCE&limit=3" + cursor).body());
        assertThat(page.get("results").size()).isLessThanOrEqualTo(3);
        page.get("results").forEach(one -> listed.add(one.get("address").asText()));
        cursor = page.has("next") ? "&cursor=" + page.get("next").asText() : null;
      } while (cursor != null);

      assertThat(listed).containsExactlyInAnyOrderElementsOf(addresses());
    }
  }

  @Test
  void theListIsSearchedByScopeReasonAndTime() throws Exception {
    QueryInstance instance = instances.getFirst();
    String first = "1970-01-01T00:00:00Z";

    assertThat(listed(instance, "scope=stream")).containsExactly("un+sub/scribed@example.com");
    assertThat(listed(instance, "tenant=shop&stream=news")).hasSize(1);
    assertThat(listed(instance, "tenant=club")).isEmpty();
    assertThat(listed(instance, "reason=UNSUBSCRIBE&since=" + first)).hasSize(1);
    assertThat(listed(instance, "reason=HARD_BOUNCE&until=" + first)).isEmpty();
    for (String bad :
        List.of(
            "scope=all", "reason=X", "since=now", "limit=0", "limit=x", "cursor=eA", "stream=x")) {
      assertThat(get(instance, "/v1/suppressions?" + bad).statusCode()).as(bad).isEqualTo(400);
    }
  }

  private static List<String> listed(QueryInstance instance, String query) throws Exception {
    List<String> found = new ArrayList<>();
    JSON.readTree(get(instance, "/v1/suppressions?limit=1000&" + query).body())
        .get("results")
        .forEach(one -> found.add(one.get("address").asText()));
    return found;
  }

  private static JsonNode check(QueryInstance instance, List<String> addresses, String more)
      throws Exception {
    HttpResponse<String> response =
        send(
            request(instance, Lookup.PATH)
                .POST(BodyPublishers.ofString(question(addresses, more)))
                .build());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body()).get("results");
  }
}
