package io.mailstream.sender;

import io.mailstream.schemas.serde.RegistryUnavailableException;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Lane;
import io.mailstream.v1.ReasonCode;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what the next commit says of the waiting records: which are started, and which end
 * without a call. Within a partition strictly in order, since what is started is one number.
 */
final class Planner {

  private static final Logger LOG = LoggerFactory.getLogger(Planner.class);
  private static final int MAX_ENDS = 1_000;
  private static final long REGISTRY_PAUSE = TimeUnit.MILLISECONDS.toNanos(500);

  /** How long mail may be held up by mail of another account that is at its limit. */
  private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(10);

  private static final long UNKNOWN_ACCOUNT_WAIT_MS = 30_000;

  private final SenderConfig config;
  private final RecordCodec codec;
  private final Map<String, AccountGate> accounts;
  private final IntFunction<SuppressionView> suppressions;
  private final InstantSource clock;
  private volatile String registryTrouble = "";
  private long registryPausedUntil;
  private boolean registryPaused;

  /**
   * Plans for these accounts, by name.
   *
   * @param suppressions what is known against the addresses of a partition; null: nothing yet
   */
  Planner(
      SenderConfig config,
      RecordCodec codec,
      Map<String, AccountGate> accounts,
      IntFunction<SuppressionView> suppressions,
      InstantSource clock) {
    this.config = config;
    this.codec = codec;
    this.accounts = accounts;
    this.suppressions = suppressions;
    this.clock = clock;
  }

  /** What is left of the bounds during one round. */
  private static final class Room {
    private int open;
    private int openBulk;
    private int ends;
  }

  /** Takes what may go from the waiting ones of each partition into its next commit. */
  void plan(List<OwnedPartition> inOrder, Collection<OwnedPartition> all) {
    if (isRegistryPaused()) {
      return;
    }
    Room room = new Room();
    for (OwnedPartition partition : all) {
      // What has ended makes room at once: the commit that starts others says so of it.
      int open = partition.progress().openAfterCommit();
      room.open += open;
      room.openBulk += partition.lane() == Lane.BULK ? open : 0;
    }
    try {
      for (OwnedPartition partition : inOrder) {
        while (room.ends < MAX_ENDS
            && partition.progress().head() != null
            && partition.progress().hasRoom()
            && planHead(partition, room)) {
          // one after the other
        }
      }
      registryTrouble = "";
    } catch (RuntimeException e) {
      if (!pauseIfOutage(e)) {
        throw e;
      }
    }
  }

  /** Whether the registry is out and not to be asked again yet. */
  boolean isRegistryPaused() {
    registryPaused = registryPaused && System.nanoTime() - registryPausedUntil < 0;
    return registryPaused;
  }

  /** Whether a failure is one of the registry; if so, it is left alone for a moment. */
  boolean pauseIfOutage(RuntimeException e) {
    if (!isOutage(e)) {
      return false;
    }
    if (registryTrouble.isEmpty()) {
      LOG.warn("The schema registry is waited for: {}", e.getMessage());
    }
    registryTrouble = String.valueOf(e.getMessage());
    registryPaused = true;
    registryPausedUntil = System.nanoTime() + REGISTRY_PAUSE;
    return true;
  }

  /** What keeps records from being read or written, for people; empty: nothing. */
  String registryTrouble() {
    return registryTrouble;
  }

  /** Whether the head went into the next commit; false: it waits, and all behind it. */
  private boolean planHead(OwnedPartition partition, Room room) {
    PartitionProgress<Send> progress = partition.progress();
    Send head = progress.head();
    try {
      read(head);
    } catch (SerializationException e) {
      if (isOutage(e)) {
        throw e;
      }
      LOG.warn("{}@{} goes to the dead letters: {}", partition.id(), head.offset(), e.toString());
      head.ended(new Outcome(Outcome.Kind.UNREADABLE, null), codec.deadLetter(head.source(), e));
      return finishHead(progress, room);
    }
    Delivery delivery = head.delivery();
    long now = clock.millis();
    if (progress.isLeftUncertain()) {
      return end(
          head,
          Outcome.uncertain(
              delivery,
              "the sender that started it went away before the outcome was recorded",
              now),
          room,
          now);
    }
    SuppressionView view = suppressions.apply(partition.id().partition());
    if (view == null || !view.isFresh(System.nanoTime(), config.gateMaxAge().toNanos())) {
      return false;
    }
    Optional<Outcome> kept = Caller.keep(view, head.address(), delivery, now);
    if (kept.isPresent()) {
      return end(head, kept.get(), room, now);
    }
    return start(head, room, now);
  }

  private void read(Send send) {
    if (send.delivery() == null) {
      Delivery delivery = codec.delivery(send.source());
      send.read(delivery, accounts.get(delivery.getAccount()));
    }
  }

  private boolean start(Send head, Room room, long now) {
    OwnedPartition partition = head.partition();
    boolean bulk = partition.lane() == Lane.BULK;
    if (room.open >= config.openSends()
        || (bulk && room.openBulk >= CallSlots.bulkShare(config.openSends()))) {
      return false;
    }
    AccountGate account = head.account();
    if (account == null) {
      return end(head, unknownAccount(head.delivery(), now), room, now);
    }
    long nanos = System.nanoTime();
    return switch (account.plan(bulk, now, nanos)) {
      case AccountGate.Decision.Back back ->
          end(
              head,
              Outcome.deferral(
                  head.delivery(),
                  back.reason(),
                  back.notBefore(),
                  back.code(),
                  back.detail(),
                  now),
              room,
              now);
      case AccountGate.Decision.Wait wait -> {
        // Waiting here costs nothing but the time of mail for other accounts behind it.
        boolean inTheWay =
            accounts.size() > 1
                && partition.holdsUp(send -> couldGo(send, bulk, now, nanos), nanos) > PATIENCE;
        yield inTheWay && end(head, makesWay(head.delivery(), account, now), room, now);
      }
      case AccountGate.Decision.Go go -> {
        head.plan();
        partition.progress().startHead();
        room.open++;
        room.openBulk += bulk ? 1 : 0;
        yield true;
      }
    };
  }

  /** Whether a waiting one would not have to wait for its account if it were the head. */
  private boolean couldGo(Send send, boolean bulk, long now, long nanos) {
    try {
      read(send);
    } catch (SerializationException e) {
      if (isOutage(e)) {
        throw e;
      }
      return true; // to the dead letters, once it is the head
    }
    return send.account() == null
        || !(send.account().plan(bulk, now, nanos) instanceof AccountGate.Decision.Wait);
  }

  private static Outcome makesWay(Delivery delivery, AccountGate account, long now) {
    return Outcome.deferral(
        delivery,
        DeferralReason.NOT_STARTED,
        Optional.of(account.makesWay(now)),
        ReasonCode.ESP_THROTTLED,
        "account %s is at its rate or concurrency, and mail of other accounts waits behind"
            .formatted(account.name()),
        now);
  }

  private static Outcome unknownAccount(Delivery delivery, long now) {
    return Outcome.deferral(
        delivery,
        DeferralReason.NOT_STARTED,
        Optional.of(Instant.ofEpochMilli(now + UNKNOWN_ACCOUNT_WAIT_MS)),
        ReasonCode.UNKNOWN_ACCOUNT,
        "this sender's policies have no account '%s': give all instances the same file"
            .formatted(delivery.getAccount()),
        now);
  }

  private boolean end(Send head, Outcome outcome, Room room, long now) {
    head.ended(outcome, codec.outcome(head, outcome, now));
    return finishHead(head.partition().progress(), room);
  }

  private static boolean finishHead(PartitionProgress<Send> progress, Room room) {
    progress.finishHead();
    room.ends++;
    return true;
  }

  /** Whether a failure says nothing of the record, but that the registry cannot be reached. */
  static boolean isOutage(RuntimeException e) {
    if (e instanceof RetriableException || RegistryUnavailableException.isBehind(e)) {
      return true;
    }
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof SocketException
          || cause instanceof SocketTimeoutException
          || cause instanceof UnknownHostException) {
        return true;
      }
    }
    return false;
  }
}
