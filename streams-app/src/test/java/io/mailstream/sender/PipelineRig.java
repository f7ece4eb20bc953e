package io.mailstream.sender;

import io.mailstream.app.StreamsApp;
import io.mailstream.embedded.EmbeddedRegistry;
import io.mailstream.embedded.SharedKafka;
import io.mailstream.runtime.health.CheckResult;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.OnUncertain;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.SendResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Topology and sender in one process, with accounts of SES simulators, and its requests. */
final class PipelineRig implements AutoCloseable {

  /** The one from address that the tenants of these tests send by. */
  static final String FROM = "orders@shop.example";

  private final Path directory;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private TestTopics records;
  private StreamsApp app;
  private int requests;

  /**
   * A pipeline that has not begun.
   *
   * @param directory for its policies and stores
   */
  PipelineRig(Path directory) {
    this.directory = directory;
  }

  /** Makes its topics on the shared broker. */
  PipelineRig connect() {
    return connect(SharedKafka.bootstrapServers(), EmbeddedRegistry.shared().url());
  }

  /** Makes its topics. */
  PipelineRig connect(String brokers, String registryUrl) {
    records = opened(new TestTopics(brokers, registryUrl));
    return this;
  }

  TestTopics records() {
    return records;
  }

  /**
   * Starts it, once it is connected.
   *
   * @param accounts those of the policies; each gets credentials
   * @param more settings over those of the tests
   */
  PipelineRig start(String policies, List<String> accounts, Map<String, String> more)
      throws IOException {
    Path file = directory.resolve("policies.yaml");
    Files.writeString(file, policies);
    Map<String, String> settings = records.settings();
    settings.put("role", "all");
    settings.put("policies.file", file.toString());
    settings.put("http.port", "0");
    settings.put("topology.application.id", records.topics.prefix() + "topology");
    settings.put("topology.state.dir", directory.resolve("stores").toString());
    settings.put("topology.standbys", "0");
    settings.put("topology.threads", "1");
    settings.put("sender.group.id", records.topics.prefix() + "sender");
    settings.put("sender.instance.id", "one");
    for (String account : accounts) {
      settings.put("accounts." + account + ".access.key.id", "test");
      settings.put("accounts." + account + ".secret.access.key", "test");
    }
    settings.putAll(more);
    app = opened(StreamsApp.start(settings));
    return this;
  }

  StreamsApp app() {
    return app;
  }

  /** What one of its readiness checks says. */
  CheckResult check(String name) {
    return app.health().checkReadiness().checks().get(name);
  }

  void awaitReady() {
    SenderRig.await("ready", () -> app.health().checkReadiness().isUp());
  }

  /** Requests of a tenant, each to a recipient of its own, alternating between the lanes. */
  void send(String tenant, String stream, int count) {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sent.add(send(request(tenant, stream), i % 2 == 0 ? Lane.BULK : Lane.TRANSACTIONAL));
    }
    sent.forEach(TestTopics::get);
  }

  /** Sends a request, acknowledged when the future is there. */
  Future<RecordMetadata> send(SendRequest request, Lane lane) {
    byte[] key = RecipientKey.bytes(request.getTo().getFirst().getAddress());
    return records.send(records.topics.requests(lane), key, request);
  }

  /** Another request, to a recipient of its own; what stays unknown is reported as such. */
  SendRequest request(String tenant, String stream) {
    int number = requests++;
    String address = "user%d@example.com".formatted(number);
    return SendRequest.newBuilder()
        .setRequestId("r" + number)
        .setTenant(tenant)
        .setStream(stream)
        .setFrom(new Mailbox(FROM, null))
        .setTo(List.of(new Recipient(address, null, Map.of())))
        .setSubject("Your order")
        .setOnUncertain(OnUncertain.REPORT)
        .setContent(new InlineContent("Thank you.", null, List.of()))
        .build();
  }

  /** How many requests were made. */
  int requests() {
    return requests;
  }

  /** All results so far. */
  List<SendResult> results() {
    return records.read(records.topics.results(), SendResult.class);
  }

  void awaitResults(int count) {
    SenderRig.await(
        count + " results", () -> records.readRaw(records.topics.results()).size() >= count);
  }

  /** Closes a resource with the rest. */
  <T extends AutoCloseable> T opened(T resource) {
    opened.add(resource);
    return resource;
  }

  @Override
  public void close() {
    for (AutoCloseable last : opened.reversed()) {
      try {
        last.close();
      } catch (Exception e) {
        throw new IllegalStateException("not closed", e);
      }
    }
  }
}
