package io.mailstream.streams.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.policy.Limit;
import io.mailstream.policy.Policies;
import io.mailstream.schemas.DeliveryId;
import io.mailstream.streams.hold.ReleaseCheck.Verdict;
import io.mailstream.streams.result.Results;
import io.mailstream.v1.Cancellation;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.FeedbackType;
import io.mailstream.v1.Lane;
import io.mailstream.v1.OnUncertain;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;

/**
 * A random history of one partition: mail comes, the sender hands some of it back, ESPs report,
 * recipients become suppressed, the task moves to another instance, the clock jumps. Beside it runs
 * a model that knows what must hold at every moment.
 */
final class History {

  private static final List<String> TENANTS = List.of("acme", "zeta");
  private static final List<String> STREAMS = List.of("news", "reset", "digest");
  private static final List<String> DOMAINS = List.of("gmail.com", "example.com", "example.org");
  private static final List<FeedbackType> EVENTS =
      List.of(FeedbackType.SENT, FeedbackType.BOUNCED, FeedbackType.REJECTED, FeedbackType.DELAYED);

  private final Random random;
  private final Policies policies;
  private final HoldTask task;
  private final LimitModel limits;
  private final Map<String, Mailed> mailed = new HashMap<>();
  private final List<String> ids = new ArrayList<>();
  private final List<Delivery> atSender = new ArrayList<>();
  private final Set<String> suppressed = new HashSet<>();
  private final Map<String, Long> parked = new HashMap<>();
  private long now = Mail.START;
  private final Set<Mailed> waiting = new HashSet<>();
  private int arrivals;
  private int ended;

  History(long seed) {
    random = new Random(seed);
    Map<String, Limit> chosen = new HashMap<>();
    for (String name : List.of("main", "acme", "zeta", "acme/news", "acme/reset", "zeta/news")) {
      if (random.nextInt(3) > 0) {
        chosen.put(name, new Limit(0.5 + random.nextInt(20), 1 + random.nextInt(12)));
      }
    }
    for (String name :
        List.of(
            "main@google",
            "main@",
            "acme/actor",
            "acme/recipient",
            "acme/news/recipient",
            "zeta/reset/actor")) {
      if (random.nextInt(3) == 0) {
        chosen.put(name, new Limit(0.2 + random.nextInt(5), 1 + random.nextInt(6)));
      }
    }
    Duration window = random.nextBoolean() ? Duration.ofSeconds(random.nextInt(60)) : Duration.ZERO;
    policies = Mail.policies(chosen, window);
    int partitions = 1 + random.nextInt(3);
    limits = new LimitModel(chosen, partitions, now);
    task = new HoldTask(policies, this::check, partitions, now);
  }

  /** Something happens, and everything that must hold is checked. */
  void step() {
    moveClock();
    switch (random.nextInt(10)) {
      case 0, 1, 2 -> arrive();
      case 3, 4, 5 -> answer();
      case 6 -> report();
      case 7 -> {
        if (random.nextInt(20) == 0) {
          task.restart(now);
        }
        if (random.nextInt(5) == 0 && arrivals > 0) {
          suppressed.add(anyId());
        }
        if (random.nextInt(5) == 0 && arrivals > 0) {
          cancel(mailed.get(anyId()).first);
        }
      }
      default -> task.tick(now);
    }
    look();
    assertThat(task.heldCount() + atSender.size() + ended).isEqualTo(mailed.size());
  }

  /** No more mail comes: everything ends. */
  void drain() {
    for (int second = 0; ended < mailed.size(); second++) {
      assertThat(second).as("seconds in which everything should have ended").isLessThan(20_000);
      now += 1000;
      timePassed();
      task.tick(now);
      look();
      atSender.forEach(delivery -> mailed.get(delivery.getDeliveryId()).end("sent"));
      atSender.clear();
    }
    assertThat(task.heldCount()).isZero();
    assertThat(task.heldKeys()).isZero();
  }

  private void moveClock() {
    now +=
        switch (random.nextInt(200)) {
          case 0 -> random.nextInt(3_600_000);
          case 1 -> -random.nextInt(600_000);
          case 2, 3, 4 -> -random.nextInt(50);
          case 5, 6, 7, 8, 9 -> random.nextInt(10_000);
          default -> random.nextInt(100);
        };
    timePassed();
  }

  /** What was to wait for a time that has come may go, even if the clock is set back then. */
  private void timePassed() {
    limits.clock(now);
    parked.values().removeIf(until -> until <= now);
    waiting.removeIf(mail -> {
      boolean over = mail.notBefore <= now;
      mail.notBefore = over ? Long.MIN_VALUE : mail.notBefore;
      return over;
    });
  }

  private void arrive() {
    for (int burst = 1 + random.nextInt(6); burst > 0; burst--) {
      Delivery delivery =
          Mail.delivery(
              "m" + arrivals,
              TENANTS.get(random.nextInt(2)),
              STREAMS.get(random.nextInt(3)),
              random.nextInt(4) == 0 ? Lane.TRANSACTIONAL : Lane.BULK);
      delivery.setAcceptedAt(Instant.ofEpochMilli(now));
      delivery.setActor("actor-" + random.nextInt(4));
      delivery
          .getRecipient()
          .setAddress("r" + random.nextInt(6) + "@" + DOMAINS.get(random.nextInt(3)));
      delivery.setOnUncertain(random.nextBoolean() ? OnUncertain.RESEND : OnUncertain.REPORT);
      if (random.nextInt(10) == 0) {
        delivery.setSendAt(Instant.ofEpochMilli(now + random.nextInt(60_000)));
      }
      if (random.nextInt(10) == 0) {
        delivery.setExpiresAt(Instant.ofEpochMilli(now + random.nextInt(120_000)));
      }
      delivery.setDeliveryId(
          DeliveryId.of(delivery.getTenant(), delivery.getIdempotencyKey(), Mail.key(delivery)));
      ids.add(delivery.getDeliveryId());
      Mailed mail = new Mailed(arrivals++, delivery);
      mailed.put(delivery.getDeliveryId(), mail);
      if (delivery.getSendAt() != null) {
        mail.waitUntil(delivery.getSendAt().toEpochMilli());
      }
      task.send(Delivery.newBuilder(delivery).build(), now);
      look();
    }
  }

  private void answer() {
    for (int some = random.nextInt(8); some > 0 && !atSender.isEmpty(); some--) {
      Delivery delivery = atSender.remove(random.nextInt(atSender.size()));
      Mailed mail = mailed.get(delivery.getDeliveryId());
      int chance = random.nextInt(20);
      if (chance < 12) {
        mail.end("sent");
        continue;
      }
      mail.plain = false;
      Long notBefore = random.nextBoolean() ? null : Long.valueOf(now + random.nextInt(30_000));
      DeferralReason reason =
          switch (chance) {
            case 12, 13, 14 -> DeferralReason.RETRY;
            case 15, 16 -> DeferralReason.NOT_STARTED;
            case 17 -> DeferralReason.ACCOUNT_PARKED;
            default -> DeferralReason.UNCERTAIN;
          };
      switch (reason) {
        case RETRY, UNCERTAIN -> mail.attempt++;
        case ACCOUNT_PARKED -> {
          if (!isOver(delivery) && notBefore != null) {
            parked.merge(delivery.getAccount(), notBefore, Math::max);
          }
        }
        case NOT_STARTED -> {}
      }
      if (reason != DeferralReason.UNCERTAIN && notBefore != null) {
        mail.waitUntil(notBefore);
      }
      mail.uncertain |= reason == DeferralReason.UNCERTAIN;
      task.send(Mail.deferral(delivery, reason, notBefore, now), now);
      look();
    }
  }

  private void report() {
    if (arrivals > 0) {
      String id = anyId();
      task.send(Mail.event(id, EVENTS.get(random.nextInt(EVENTS.size())), now), now);
    }
  }

  private void cancel(Delivery delivery) {
    task.send(
        new Cancellation(
            delivery.getTenant(),
            delivery.getIdempotencyKey(),
            delivery.getRecipient().getAddress(),
            null,
            Instant.ofEpochMilli(now)),
        now);
  }

  private String anyId() {
    return ids.get(random.nextInt(arrivals));
  }

  private void look() {
    for (SpecificRecord out : task.taken()) {
      switch (out) {
        case Delivery delivery -> dispatched(delivery);
        case SendResult result -> mailed.get(result.getDeliveryId()).end(result);
        default -> throw new IllegalStateException("unexpected: " + out);
      }
    }
  }

  private void dispatched(Delivery delivery) {
    String id = delivery.getDeliveryId();
    Mailed mail = mailed.get(id);
    assertThat(mail.outcome).as("outcome of %s, dispatched again", id).isNull();
    assertThat(atSender).as("dispatched twice").noneMatch(d -> d.getDeliveryId().equals(id));
    assertThat(delivery.getAttempt()).as("attempt of %s", id).isEqualTo(mail.attempt);
    assertThat(delivery.getContent()).isEqualTo(mail.first.getContent());
    assertThat(delivery.getDispatchedAt().toEpochMilli()).isEqualTo(now);
    assertThat(mail.notBefore).as("the time of %s", id).isLessThanOrEqualTo(now);
    assertThat(isOver(delivery)).as("%s is dispatched after its expiry", id).isFalse();
    assertThat(parked)
        .as("accounts parked as %s goes", id)
        .doesNotContainKey(delivery.getAccount());
    limits.dispatched(delivery);
    if (mail.plain) {
      limits.inOrder(delivery, mail.number);
    }
    atSender.add(delivery);
  }

  private boolean isOver(Delivery delivery) {
    return delivery.getExpiresAt() != null && now > delivery.getExpiresAt().toEpochMilli();
  }

  private Verdict check(Delivery delivery, long time) {
    if (!suppressed.contains(delivery.getDeliveryId())) {
      return new Verdict.Go(delivery);
    }
    return new Verdict.End(
        Results.of(
            delivery,
            ResultStatus.REJECTED,
            List.of(ReasonCode.SUPPRESSED),
            "suppressed",
            delivery.getAttempt() - 1,
            time));
  }

  /** What the model knows of one delivery. */
  private final class Mailed {
    private final int number;
    private final Delivery first;
    private int attempt = 1;
    private long notBefore = Long.MIN_VALUE;
    private boolean plain;
    private boolean uncertain;
    private String outcome;

    Mailed(int number, Delivery first) {
      this.number = number;
      this.first = first;
      this.plain = first.getSendAt() == null;
    }

    void waitUntil(long time) {
      notBefore = time;
      waiting.add(this);
    }

    void end(SendResult result) {
      if (result.getStatus() == ResultStatus.UNCERTAIN || result.getStatus() == ResultStatus.SENT) {
        assertThat(uncertain).as("%s may have been sent", result).isTrue();
      }
      end(result.getStatus() + " " + result.getReasons());
    }

    void end(String how) {
      assertThat(outcome).as("the first of two ends of m%d, then %s", number, how).isNull();
      outcome = how;
      ended++;
    }
  }
}
