package io.mailstream.streams.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailstream.embedded.EmbeddedKafka;
import io.mailstream.embedded.SharedKafka;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.schemas.TopicSetup;
import io.mailstream.schemas.Topics;
import io.mailstream.sender.provider.Eventually;
import io.mailstream.streams.suppress.AnyRecordSerde;
import io.mailstream.streams.suppress.Events;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two instances are asked all the time while both are restarted, one after the other: every answer
 * is right, and at most one request in ten is answered with 503. The list is hashed: there is no
 * clear address in the store's change log, on the public topic or in a listing, and every look-up
 * works, of an erased person too.
 */
class RollingRestartIT {

  private static final int ADDRESSES = 32;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path state;

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<QueryInstance> alive = new CopyOnWriteArrayList<>();
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final AtomicInteger right = new AtomicInteger();
  private final AtomicInteger unavailable = new AtomicInteger();
  private final AtomicBoolean stopped = new AtomicBoolean();

  @Test
  void everyAnswerIsRightWhileBothAreRestarted() throws Exception {
    Topics topics = new Topics(EmbeddedKafka.uniquePrefix());
    String brokers = SharedKafka.bootstrapServers();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      TopicSetup.createMissing(admin, topics, QueryInstance.PARTITIONS, (short) 1);
    }
    produce(brokers, topics);
    QueryInstance first = QueryInstance.of(brokers, topics, QueryInstance.HASH, state.resolve("a"));
    QueryInstance second =
        QueryInstance.of(brokers, topics, QueryInstance.HASH, state.resolve("b"));
    first.start();
    second.start();
    await(() -> answersForAll(first) && answersForAll(second));
    await(() -> hasAll(first) && hasAll(second));
    String listed =
        http.send(request(first, "/v1/suppressions").build(), BodyHandlers.ofString()).body();
    assertThat(listed).contains("hmac:k1:").doesNotContain("@");
    eraseOne(first, second);
    for (String topic :
        List.of(topics.suppressions(), topics.prefix() + "query-suppressions-changelog")) {
      List<String> records = TopicBytes.of(brokers, topic);
      assertThat(records).as(topic).hasSizeGreaterThanOrEqualTo(ADDRESSES);
      assertThat(records).as(topic).noneMatch(record -> record.contains("@example.com"));
    }
    alive.addAll(List.of(first, second));
    Thread load = Thread.ofVirtual().start(this::ask);
    try {
      QueryInstance third = replace(second, brokers, topics, "b");
      replace(first, brokers, topics, "a");
      assertThat(third.isRunning()).isTrue();
      int before = right.get();
      await(() -> right.get() > before + 100);
    } finally {
      stopped.set(true);
      load.join();
      alive.forEach(QueryInstance::close);
      http.close();
    }
    int asked = right.get() + unavailable.get();
    assertThat(wrong).isEmpty();
    assertThat(unavailable.get()).as("of %d", asked).isLessThanOrEqualTo(asked / 10);
  }

  /** A person who is erased is known by a hash only, and gets no mail. */
  private void eraseOne(QueryInstance here, QueryInstance there)
      throws IOException, InterruptedException {
    String address = "erased@example.com";
    HttpResponse<String> put =
        http.send(
            writing(here, "/v1/suppressions/" + address)
                .PUT(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"note\":\"erased@example.com asked by phone\"}"))
                .build(),
            BodyHandlers.ofString());
    assertThat(put.statusCode()).as(put.body()).isEqualTo(200);
    HttpResponse<String> erased =
        http.send(
            writing(there, "/v1/recipients/" + address).DELETE().build(), BodyHandlers.ofString());
    assertThat(JSON.readTree(erased.body()).get("kept").asText()).isEqualTo("hash");
    for (QueryInstance instance : List.of(here, there)) {
      JsonNode left = JSON.readTree(get(instance, address).body());
      assertThat(left.get("suppressed").asBoolean()).isTrue();
      assertThat(left.get("changes")).isEmpty();
      JsonNode known =
          JSON.readTree(
              http.send(
                      request(instance, "/v1/recipients/" + address).build(),
                      BodyHandlers.ofString())
                  .body());
      assertThat(known.at("/suppression/suppressed").asBoolean()).isTrue();
    }
  }

  private static HttpRequest.Builder writing(QueryInstance instance, String path) {
    return HttpRequest.newBuilder(URI.create(instance.url() + path))
        .header("Authorization", "Bearer " + QueryInstance.WRITER);
  }

  private QueryInstance replace(QueryInstance old, String brokers, Topics topics, String name) {
    alive.remove(old);
    old.close();
    QueryInstance fresh =
        QueryInstance.of(brokers, topics, QueryInstance.HASH, state.resolve(name));
    fresh.start();
    await(() -> answersForAll(fresh));
    // What comes next takes the other away: this one must have its copies by then.
    await(() -> hasAll(fresh));
    alive.add(fresh);
    return fresh;
  }

  private void ask() {
    for (int i = 0; !stopped.get(); i++) {
      // Every fourth is one of whom nothing is known.
      boolean known = i % 4 != 0;
      String address =
          (known ? "user%d@example.com" : "free%d@example.com").formatted(i % ADDRESSES);
      try {
        HttpResponse<String> response = get(alive.get(i % alive.size()), address);
        switch (response.statusCode()) {
          case 200 -> {
            if (JSON.readTree(response.body()).get("suppressed").asBoolean() == known) {
              right.incrementAndGet();
            } else {
              wrong.add(address + ": " + response.body());
            }
          }
          case 503 -> unavailable.incrementAndGet();
          default -> wrong.add(address + ": status " + response.statusCode());
        }
      } catch (IOException | IndexOutOfBoundsException e) {
        // It is being stopped: a balancer would have taken it out before.
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private HttpResponse<String> get(QueryInstance instance, String address)
      throws IOException, InterruptedException {
    return http.send(
        request(instance, "/v1/suppressions/" + address).build(), BodyHandlers.ofString());
  }

  private static HttpRequest.Builder request(QueryInstance instance, String path) {
    return HttpRequest.newBuilder(URI.create(instance.url() + path))
        .header("Authorization", "Bearer " + QueryInstance.READER);
  }

  private boolean answersForAll(QueryInstance instance) {
    return check(instance, false) == ADDRESSES;
  }

  private boolean hasAll(QueryInstance instance) {
    return check(instance, true) == ADDRESSES;
  }

  private int check(QueryInstance instance, boolean hereOnly) {
    StringBuilder body = new StringBuilder("{\"addresses\":[");
    for (int i = 0; i < ADDRESSES; i++) {
      body.append(i == 0 ? "" : ",").append("\"user").append(i).append("@example.com\"");
    }
    HttpRequest.Builder request =
        request(instance, Lookup.PATH)
            .POST(HttpRequest.BodyPublishers.ofString(body.append("]}").toString()));
    if (hereOnly) {
      request.header(OwnerClient.FORWARDED, "1");
    }
    try {
      HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
      int suppressed = 0;
      for (JsonNode result : JSON.readTree(response.body()).path("results")) {
        suppressed += result.get("suppressed").asBoolean() ? 1 : 0;
      }
      return suppressed;
    } catch (IOException | InterruptedException e) {
      return 0;
    }
  }

  private static void produce(String brokers, Topics topics) throws Exception {
    AnyRecordSerde serde = new AnyRecordSerde();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", brokers),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int i = 0; i < ADDRESSES; i++) {
        SpecificRecord bounce = Events.hardBounce("e" + i);
        producer
            .send(
                new ProducerRecord<>(
                    topics.feedback(),
                    RecipientKey.bytes("user%d@example.com".formatted(i)),
                    serde.serializer().serialize(topics.feedback(), bounce)))
            .get();
      }
    }
  }

  private static void await(BooleanSupplier condition) {
    Eventually.holds("the instances answer", Duration.ofMinutes(1), condition);
  }
}
