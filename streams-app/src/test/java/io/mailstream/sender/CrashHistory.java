package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.schemas.RecipientKey;
import io.mailstream.sender.Checkpoints.Point;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.OnUncertain;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.RecordOrigin;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.SendResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;

/**
 * One random history of the whole pipeline: the sender dies at every point, in an order that a seed
 * picks, and the topology's process is killed and restarted in between. What came of it is held
 * against the sends that the SES simulator has counted.
 */
final class CrashHistory {

  private static final int REQUESTS_AT_ONCE = 10;
  private static final int REQUESTS_AT_THE_KILL = 40;
  private static final int ABORT_ONE_OF = 10;
  private static final Duration DEADLINE = Duration.ofSeconds(180);

  private final CrashWorld world;
  private final TopologyChild topologies;
  private final Runnable middle;
  private final Random random;
  private final Set<Point> visited = EnumSet.noneOf(Point.class);
  private final AtomicInteger aborts = new AtomicInteger();
  private final Map<String, OnUncertain> wishes = new HashMap<>();
  private final Map<String, Integer> expected = new HashMap<>();
  private final List<SendRequest> produced = new ArrayList<>();

  /**
   * A history that has not begun.
   *
   * @param middle what happens in its middle: the topologies are killed and restarted
   */
  CrashHistory(CrashWorld world, TopologyChild topologies, Runnable middle) {
    this.world = world;
    this.topologies = topologies;
    this.middle = middle;
    this.random = new Random(world.seed());
  }

  /** Lets it happen and checks it. */
  void run() {
    List<Point> points = new ArrayList<>(Arrays.asList(Point.values()));
    Collections.shuffle(points, random);
    for (int i = 0; i < points.size(); i++) {
      Crash crash = new Crash(points.get(i), 1 + random.nextInt(4));
      startSender(crash);
      if (i == points.size() / 2) {
        produce(REQUESTS_AT_THE_KILL);
        middle.run();
      }
      produce(REQUESTS_AT_ONCE);
      awaitCrash(crash);
      visited.add(crash.where());
      world.closeSender();
    }
    startSender(Crash.never());
    await("%d results".formatted(expected.size()), () -> world.countResults() >= expected.size());
    assertThat(visited).as("points at which it died").containsOnly(Point.values());
    assertThat(aborts).as("transactions that failed").hasPositiveValue();
    check();
  }

  /** A sender that dies as told; until then, one of so many steps of a transaction fails. */
  private void startSender(Crash crash) {
    AtomicInteger steps = new AtomicInteger();
    Checkpoints checkpoints =
        point -> {
          crash.reached(point);
          boolean inTransaction =
              point == Point.BEGUN || point == Point.OUTCOMES_SENT || point == Point.OFFSETS_SENT;
          if (inTransaction && steps.incrementAndGet() % ABORT_ONE_OF == 0) {
            aborts.incrementAndGet();
            throw new KafkaException("told to fail at " + point);
          }
        };
    world.startSender(random.nextInt(4) == 0 ? "other" : "one", checkpoints, crash);
  }

  private void awaitCrash(Crash crash) {
    await(
        "a crash at " + crash.where(),
        () -> {
          if (world.countResults() >= expected.size()) {
            produce(REQUESTS_AT_ONCE);
          }
          return crash.await(Duration.ofMillis(50));
        });
  }

  private void await(String what, BooleanSupplier condition) {
    SenderRig.await(
        () ->
            "%s, with %d results; the topologies say: %s"
                .formatted(what, world.countResults(), topologies.lastWords()),
        DEADLINE,
        () -> {
          if (!topologies.isAlive()) {
            throw new AssertionError("the topologies' process has died: " + topologies.lastWords());
          }
          return condition.getAsBoolean();
        });
  }

  private void produce(int requests) {
    List<Future<RecordMetadata>> records = new ArrayList<>();
    List<SendRequest> batch = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      boolean isRepeat = !produced.isEmpty() && random.nextInt(100) < 10;
      SendRequest request = isRepeat ? produced.get(random.nextInt(produced.size())) : request();
      produced.add(request);
      byte[] key =
          switch (random.nextInt(3)) {
            case 0 -> null;
            case 1 -> ("foreign-" + random.nextInt()).getBytes(StandardCharsets.UTF_8);
            default -> RecipientKey.bytes(request.getTo().getFirst().getAddress());
          };
      Lane lane = random.nextBoolean() ? Lane.TRANSACTIONAL : Lane.BULK;
      batch.add(request);
      records.add(world.produce(lane, key, request));
    }
    for (int i = 0; i < requests; i++) {
      RecordMetadata record = TestTopics.get(records.get(i));
      for (Recipient recipient : batch.get(i).getTo()) {
        expected.put(
            what(record.topic(), record.partition(), record.offset(), recipient.getAddress()), 0);
      }
    }
  }

  private static String what(String topic, int partition, long offset, String address) {
    return "%s-%d@%d %s".formatted(topic, partition, offset, address);
  }

  private SendRequest request() {
    String id = "r" + produced.size() + "-" + random.nextInt(1_000_000);
    OnUncertain wish = random.nextInt(4) == 0 ? OnUncertain.RESEND : OnUncertain.REPORT;
    wishes.put(id, wish);
    List<Recipient> to = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(3); i++) {
      to.add(new Recipient("%s.%d@customers.example".formatted(id, i), null, Map.of()));
    }
    boolean isValid = random.nextInt(20) != 0;
    return SendRequest.newBuilder()
        .setRequestId(id)
        .setTenant("shop")
        .setStream("receipts")
        .setFrom(new Mailbox("orders@shop.example", null))
        .setTo(to)
        .setSubject(isValid ? "Your order" : "Your order\r\nBcc: everyone@customers.example")
        .setContent(new InlineContent("Thank you.", null, List.of()))
        .setOnUncertain(wish)
        .build();
  }

  private void check() {
    List<SendResult> results = world.results();
    for (SendResult result : results) {
      RecordOrigin origin = result.getOrigin();
      String what =
          what(origin.getTopic(), origin.getPartition(), origin.getOffset(), result.getRecipient());
      assertThat(expected).as("a result of a request record that was produced").containsKey(what);
      expected.merge(what, 1, Integer::sum);
    }
    assertThat(expected.values()).as("results of each record and recipient").containsOnly(1);

    long told = 0;
    int uncertain = 0;
    for (SendResult result : results) {
      told += checkSends(result);
      uncertain += result.getStatus() == ResultStatus.UNCERTAIN ? 1 : 0;
    }
    assertThat(world.ses().inbox().accepted()).as("sends that no result tells of").isEqualTo(told);
    long cut = world.ses().inbox().counts().unanswered();
    assertThat(uncertain)
        .as("uncertain after %d crashes and %d cut connections", visited.size(), cut)
        .isLessThanOrEqualTo(visited.size() * CrashWorld.OPEN_SENDS + Math.toIntExact(cut));
    assertThat(results).extracting(SendResult::getStatus).contains(ResultStatus.SENT);
  }

  /** The sends of the delivery whose end a result tells. */
  private int checkSends(SendResult result) {
    int sends =
        result.getDeliveryId() == null ? 0 : world.ses().inbox().accepted(result.getDeliveryId());
    OnUncertain wish = wishes.get(result.getRequestId());
    return switch (result.getStatus()) {
      case SENT -> {
        assertThat(sends)
            .as("sends of %s", result)
            .isBetween(1, wish == OnUncertain.REPORT ? 1 : result.getAttempts());
        yield sends;
      }
      case UNCERTAIN -> {
        assertThat(wish).as("who asked for a report").isEqualTo(OnUncertain.REPORT);
        assertThat(sends).as("sends of %s", result).isLessThanOrEqualTo(1);
        yield sends;
      }
      case DUPLICATE -> {
        assertThat(result.getDuplicateOf()).isEqualTo(result.getRequestId());
        yield 0;
      }
      case REJECTED -> {
        assertThat(result.getReasons()).containsExactly(ReasonCode.HEADER_INJECTION);
        yield 0;
      }
      default -> throw new AssertionError("no reason for " + result);
    };
  }
}
