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
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendRequest;
import io.mailstream.v1.SendResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Promises 1 to 3 over the whole pipeline: requests are produced while the topology's process is
 * killed and the sender dies at one point after another, and the simulator fails and cuts
 * connections. Afterwards the sends that the simulator has counted are held against the results.
 *
 * <p>One history is repeated by {@code -Dmailstream.seed=N}.
 */
class PipelineUnderCrashesIT {

  private static final int SEEDS = 5;
  private static final int REQUESTS = 240;
  private static final long DEADLINE_NANOS = 150_000_000_000L;

  @TempDir Path directory;

  private final Map<String, OnUncertain> wishes = new HashMap<>();
  private final Map<String, Integer> expected = new HashMap<>();
  private final List<SendRequest> produced = new ArrayList<>();

  static List<Long> seeds() {
    Long only = Long.getLong("mailstream.seed");
    return only == null ? List.of(1L, 2L, 3L, 4L, 5L) : List.of(only);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void noRequestIsLostAndNoneIsSentTwiceUnlabelled(long seed) {
    Random random = new Random(seed);
    int crashes = 0;
    try (CrashWorld world = new CrashWorld(directory, seed)) {
      world.topology().start();
      for (Point point : pointsOf(seed)) {
        Crash crash = new Crash(point, 1 + random.nextInt(4));
        world.startSender(crash);
        produce(world, random, REQUESTS / 6);
        if (crashes == 1) {
          world.topology().kill();
          produce(world, random, REQUESTS / 6);
          world.topology().start();
        }
        awaitCrash(world, random, crash);
        crashes++;
        world.closeSender();
      }
      world.startSender(Checkpoints.NONE);
      awaitResults(world);
      check(world, crashes);
    }
  }

  /** All points over all seeds. */
  private static List<Point> pointsOf(long seed) {
    List<Point> mine = new ArrayList<>();
    for (Point point : Point.values()) {
      // A purge comes by the clock, and deletes only what is committed.
      if (point != Point.PURGED && point.ordinal() % SEEDS == (seed - 1) % SEEDS) {
        mine.add(point);
      }
    }
    return mine;
  }

  private void produce(CrashWorld world, Random random, int requests) {
    for (int i = 0; i < requests; i++) {
      boolean isRepeat = !produced.isEmpty() && random.nextInt(100) < 10;
      SendRequest request =
          isRepeat ? produced.get(random.nextInt(produced.size())) : request(random);
      produced.add(request);
      byte[] key =
          switch (random.nextInt(3)) {
            case 0 -> null;
            case 1 -> ("foreign-" + random.nextInt()).getBytes(StandardCharsets.UTF_8);
            default -> RecipientKey.bytes(request.getTo().getFirst().getAddress());
          };
      Lane lane = random.nextBoolean() ? Lane.TRANSACTIONAL : Lane.BULK;
      RecordMetadata record = world.produce(lane, key, request);
      for (Recipient recipient : request.getTo()) {
        expected.put(
            "%s-%d@%d %s"
                .formatted(
                    record.topic(), record.partition(), record.offset(), recipient.getAddress()),
            0);
      }
    }
  }

  private SendRequest request(Random random) {
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

  private void awaitCrash(CrashWorld world, Random random, Crash crash) {
    long deadline = System.nanoTime() + DEADLINE_NANOS;
    while (!crash.hasHappened()) {
      assertThat(System.nanoTime()).as("the sender comes to the point").isLessThan(deadline);
      assertThat(world.topology().isAlive()).as(world.topology().lastWords()).isTrue();
      produce(world, random, 1);
      LockSupport.parkNanos(100_000_000);
    }
  }

  private void awaitResults(CrashWorld world) {
    long deadline = System.nanoTime() + DEADLINE_NANOS;
    while (world.results().size() < expected.size()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "%d results of %d; the topology says: %s"
                .formatted(world.results().size(), expected.size(), world.topology().lastWords()));
      }
    }
  }

  private void check(CrashWorld world, int crashes) {
    List<SendResult> results = world.results();
    for (SendResult result : results) {
      String what =
          "%s-%d@%d %s"
              .formatted(
                  result.getOrigin().getTopic(),
                  result.getOrigin().getPartition(),
                  result.getOrigin().getOffset(),
                  result.getRecipient());
      assertThat(expected).as("a result of a request record that was produced").containsKey(what);
      expected.merge(what, 1, Integer::sum);
    }
    assertThat(expected.values()).as("results of each record and recipient").containsOnly(1);

    int uncertain = 0;
    long told = 0;
    for (SendResult result : results) {
      int sends =
          result.getDeliveryId() == null ? 0 : world.ses().inbox().accepted(result.getDeliveryId());
      OnUncertain wish = wishes.get(result.getRequestId());
      switch (result.getStatus()) {
        case SENT -> {
          assertThat(sends).as("sends of %s, which is SENT", result).isPositive();
          if (wish == OnUncertain.REPORT) {
            assertThat(sends).as("sends of %s, never to be repeated", result).isEqualTo(1);
          }
          assertThat(sends)
              .as("labelled attempts of %s", result)
              .isLessThanOrEqualTo(result.getAttempts());
          told += sends;
        }
        case UNCERTAIN -> {
          assertThat(wish).as("who asked for a report").isEqualTo(OnUncertain.REPORT);
          assertThat(sends).as("sends of %s, which is UNCERTAIN", result).isLessThanOrEqualTo(1);
          uncertain++;
          told += sends;
        }
        case DUPLICATE -> assertThat(result.getDuplicateOf()).isEqualTo(result.getRequestId());
        case REJECTED ->
            assertThat(result.getReasons()).containsExactly(ReasonCode.HEADER_INJECTION);
        default -> throw new AssertionError("no reason for " + result);
      }
    }
    assertThat(world.ses().inbox().accepted()).as("sends that no result tells of").isEqualTo(told);
    long cut = world.ses().inbox().counts().unanswered();
    assertThat(uncertain)
        .as("uncertain after %d crashes and %d cut connections", crashes, cut)
        .isLessThanOrEqualTo(crashes * CrashWorld.OPEN_SENDS + Math.toIntExact(cut));
    assertThat(results).extracting(SendResult::getStatus).contains(ResultStatus.SENT);
  }
}
