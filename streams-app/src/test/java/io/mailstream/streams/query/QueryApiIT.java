package io.mailstream.streams.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailstream.embedded.EmbeddedKafka;
import io.mailstream.embedded.SharedKafka;
import io.mailstream.schemas.RecipientHash;
import io.mailstream.schemas.TopicSetup;
import io.mailstream.schemas.Topics;
import io.mailstream.streams.suppress.AnyRecordSerde;
import io.mailstream.streams.suppress.Events;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two instances of a small topology, each asked for what the other has. */
class QueryApiIT {

  private static final int PARTITIONS = QueryInstance.PARTITIONS;
  private static final int ADDRESSES = 16;
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path state;

  private static final List<QueryInstance> instances = new ArrayList<>();
  private static final HttpClient http = HttpClient.newHttpClient();
  private static Topics topics;
  private static ApiContract contract;

  @BeforeAll
  static void start() throws Exception {
    topics = new Topics(EmbeddedKafka.uniquePrefix());
    String brokers = SharedKafka.bootstrapServers();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      TopicSetup.createMissing(admin, topics, PARTITIONS, (short) 1);
    }
    produce(brokers);
    instances.add(QueryInstance.of(brokers, topics, RecipientHash.NONE, state.resolve("a")));
    instances.add(QueryInstance.of(brokers, topics, RecipientHash.NONE, state.resolve("b")));
    contract = new ApiContract(plain(instances.getFirst(), "/openapi.json").body());
    instances.forEach(QueryInstance::start);
    await(() -> instances.stream().allMatch(QueryInstance::isRunning));
    await(QueryApiIT::bothOwnPartitions);
    await(() -> instances.stream().allMatch(QueryApiIT::answersForAll));
  }

  @AfterAll
  static void stop() {
    instances.forEach(QueryInstance::close);
    http.close();
  }

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
      await(() -> forwarded(instance).size() == ADDRESSES);
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

  @Test
  void anInstanceThatIsNotStartedSaysSo() throws Exception {
    try (QueryInstance alone = QueryInstance.alone(SharedKafka.bootstrapServers(), topics)) {
      HttpResponse<String> response = get(alone, "/v1/suppressions/jane@example.com");

      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(response.body()).contains("not started");
      assertThat(response.headers().firstValue("Retry-After")).contains("1");
    }
  }

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
      await(() -> statusOf(put) == 202);
    }
  }

  @Test
  void withoutKafkaNothingIsChangedAndTheAnswerSaysSo() throws Exception {
    try (QueryInstance alone = QueryInstance.alone("127.0.0.1:1", topics)) {
      HttpResponse<String> response =
          send(
              request(alone, "/v1/suppressions/jane@example.com")
                  .PUT(BodyPublishers.noBody())
                  .build());

      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(response.body()).contains("nothing was changed");
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
    for (ApiContract.Operation operation : contract.operations()) {
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

  private static String question(List<String> addresses, String more) throws Exception {
    return "{\"addresses\":%s%s}".formatted(JSON.writeValueAsString(addresses), more);
  }

  private static List<String> addresses() {
    return IntStream.range(0, ADDRESSES).mapToObj(QueryApiIT::address).toList();
  }

  private static int statusOf(HttpRequest request) {
    try {
      return send(request).statusCode();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void produce(String brokers) throws Exception {
    Map<String, Object> config = Map.of("bootstrap.servers", brokers);
    try (KafkaProducer<String, SpecificRecord> producer =
        new KafkaProducer<>(config, new StringSerializer(), new AnyRecordSerde().serializer())) {
      for (int i = 0; i < ADDRESSES; i++) {
        FeedbackEvent bounce = Events.hardBounce("e" + i);
        producer.send(new ProducerRecord<>(topics.feedback(), address(i), bounce)).get();
      }
      FeedbackEvent unsubscribe = Events.event("u1", FeedbackType.UNSUBSCRIBED).build();
      producer
          .send(new ProducerRecord<>(topics.feedback(), "un+sub/scribed@example.com", unsubscribe))
          .get();
    }
  }

  private static boolean bothOwnPartitions() {
    return instances.stream().allMatch(instance -> !instance.ownPartitions().isEmpty());
  }

  private static boolean answersForAll(QueryInstance instance) {
    try {
      for (int i = 0; i < ADDRESSES; i++) {
        HttpResponse<String> response = get(instance, "/v1/suppressions/" + encoded(address(i)));
        if (response.statusCode() != 200
            || !JSON.readTree(response.body()).get("suppressed").asBoolean()) {
          return false;
        }
      }
      return suppressed(
          instance,
          "/v1/suppressions/" + encoded("un+sub/scribed@example.com") + "?tenant=shop&stream=news");
    } catch (Exception e) {
      return false;
    }
  }

  private static boolean suppressed(QueryInstance instance, String path) throws Exception {
    return JSON.readTree(get(instance, path).body()).path("suppressed").asBoolean();
  }

  private static HttpResponse<String> get(QueryInstance instance, String path) throws Exception {
    return send(request(instance, path).build());
  }

  private static HttpResponse<String> send(HttpRequest request) throws Exception {
    return contract.check(http.send(request, HttpResponse.BodyHandlers.ofString()));
  }

  private static HttpResponse<String> plain(QueryInstance instance, String path) throws Exception {
    return http.send(request(instance, path).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest.Builder request(QueryInstance instance, String path) {
    return HttpRequest.newBuilder(URI.create(instance.url() + path))
        .header("Authorization", "Bearer " + QueryInstance.WRITER);
  }

  private static String encoded(String address) {
    return URLEncoder.encode(address, StandardCharsets.UTF_8);
  }

  private static String address(int i) {
    return "user%d@example.com".formatted(i);
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
      Thread.sleep(20);
    }
  }
}
