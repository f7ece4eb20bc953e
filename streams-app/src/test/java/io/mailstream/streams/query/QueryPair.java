package io.mailstream.streams.query;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailstream.embedded.EmbeddedKafka;
import io.mailstream.embedded.SharedKafka;
import io.mailstream.schemas.RecipientHash;
import io.mailstream.schemas.TopicSetup;
import io.mailstream.schemas.Topics;
import io.mailstream.sender.provider.Eventually;
import io.mailstream.streams.suppress.AnyRecordSerde;
import io.mailstream.streams.suppress.Events;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Two instances of a small topology with a list, each asked for what the other has: one pair for
 * all tests that are run together.
 */
final class QueryPair {

  static final int ADDRESSES = 16;
  static final ObjectMapper JSON = new ObjectMapper();
  static final List<QueryInstance> instances = new ArrayList<>();

  private static final int PARTITIONS = QueryInstance.PARTITIONS;
  private static HttpClient http;
  private static Path state;
  private static Topics topics;
  private static ApiContract contract;

  private QueryPair() {}

  /** Starts them before the first class that asks for them, and stops them after the last. */
  static final class Started implements BeforeAllCallback {
    @Override
    public void beforeAll(ExtensionContext context) {
      context
          .getRoot()
          .getStore(ExtensionContext.Namespace.GLOBAL)
          .computeIfAbsent(QueryPair.class, key -> started());
    }

    private static AutoCloseable started() {
      try {
        start();
      } catch (Exception e) {
        throw new IllegalStateException("the instances do not start", e);
      }
      return QueryPair::stop;
    }
  }

  static Topics topics() {
    return topics;
  }

  static ApiContract contract() {
    return contract;
  }

  private static void start() throws Exception {
    http = HttpClient.newHttpClient();
    state = Files.createTempDirectory("query-pair");
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
    Eventually.holds("both run", () -> instances.stream().allMatch(QueryInstance::isRunning));
    Eventually.holds("both own partitions", QueryPair::bothOwnPartitions);
    Eventually.holds("both answer", () -> instances.stream().allMatch(QueryPair::answersForAll));
  }

  private static void stop() {
    instances.forEach(QueryInstance::close);
    // Surefire runs each class by itself: the next one starts a pair of its own.
    instances.clear();
    http.close();
    delete(state);
  }

  private static void delete(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static boolean suppressed(QueryInstance instance, String path) throws Exception {
    return JSON.readTree(get(instance, path).body()).path("suppressed").asBoolean();
  }

  static HttpResponse<String> get(QueryInstance instance, String path) throws Exception {
    return send(request(instance, path).build());
  }

  static HttpResponse<String> send(HttpRequest request) throws Exception {
    return contract.check(http.send(request, HttpResponse.BodyHandlers.ofString()));
  }

  static HttpRequest.Builder request(QueryInstance instance, String path) {
    return HttpRequest.newBuilder(URI.create(instance.url() + path))
        .header("Authorization", "Bearer " + QueryInstance.WRITER);
  }

  static String encoded(String address) {
    return URLEncoder.encode(address, StandardCharsets.UTF_8);
  }

  static String address(int i) {
    return "user%d@example.com".formatted(i);
  }

  static List<String> addresses() {
    return IntStream.range(0, ADDRESSES).mapToObj(QueryPair::address).toList();
  }

  static String question(List<String> addresses, String more) throws Exception {
    return "{\"addresses\":%s%s}".formatted(JSON.writeValueAsString(addresses), more);
  }

  private static HttpResponse<String> plain(QueryInstance instance, String path) throws Exception {
    return http.send(request(instance, path).build(), HttpResponse.BodyHandlers.ofString());
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
}
