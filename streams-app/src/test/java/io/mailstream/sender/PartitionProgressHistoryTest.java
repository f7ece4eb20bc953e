package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.sender.PartitionProgressTest.Mail;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories of polls, commits that succeed, fail or are cut off, ends of sends and crashes,
 * against a model that knows what really happened.
 */
class PartitionProgressHistoryTest {

  private static final int STEPS = 4_000;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void whateverHappensEveryRecordEndsOnceAndNoneIsSentTwice(long seed) {
    History history = new History(seed);
    for (int step = 0; step < STEPS; step++) {
      history.step();
    }
    history.drain();
    history.verify();
  }

  private static final class History {
    private final Random random;
    private final String replay;
    private final int window;

    /** The offsets of the topic that hold records. */
    private final List<Long> log = new ArrayList<>();

    private final Map<Long, Integer> calls = new HashMap<>();
    private final Map<Long, String> ends = new HashMap<>();

    /** What Kafka holds. */
    private long committedOffset;

    private String committedMetadata = StartedOffsets.nothingStarted(0).metadata();

    private PartitionProgress<Mail> progress;
    private int nextToPoll;
    private List<Mail> calling = new ArrayList<>();
    private Map<Long, String> outcomes = new HashMap<>();
    private long logEnd;
    private long commitId;

    History(long seed) {
      random = new Random(seed);
      replay = "replay with seed " + seed;
      window = 1 + random.nextInt(40);
      takeOver();
    }

    void step() {
      switch (random.nextInt(12)) {
        case 0, 1 -> append();
        case 2, 3, 4 -> poll();
        case 5, 6, 7 -> endSomeCalls();
        case 8, 9, 10 -> commit(random.nextInt(8));
        default -> {
          if (random.nextInt(5) == 0) {
            crash();
          }
        }
      }
    }

    private void append() {
      for (int i = random.nextInt(30); i > 0; i--) {
        logEnd += random.nextInt(6) == 0 ? 1 + random.nextInt(20) : 0;
        log.add(logEnd++);
      }
    }

    private void poll() {
      for (int i = random.nextInt(20); i > 0 && nextToPoll < log.size(); i--) {
        progress.add(new Mail(log.get(nextToPoll++)));
      }
      if (nextToPoll == log.size()) {
        progress.readUpTo(logEnd);
      }
    }

    private void endSomeCalls() {
      for (Mail mail : List.copyOf(calling)) {
        if (random.nextInt(3) == 0) {
          calling.remove(mail);
          outcomes.put(mail.offset(), "sent");
          progress.finish(mail);
        }
      }
    }

    /**
     * Luck 0: aborted; 1: done, but the answer is lost and the process with it; 2: not even that.
     */
    private void commit(int luck) {
      for (int i = random.nextInt(30);
          i > 0 && progress.head() != null && progress.hasRoom();
          i--) {
        long offset = progress.head().offset();
        if (progress.isLeftUncertain()) {
          outcomes.put(offset, "uncertain");
          progress.finishHead();
        } else if (random.nextInt(10) == 0) {
          outcomes.put(offset, "refused");
          progress.finishHead();
        } else {
          progress.startHead();
        }
      }
      if (!progress.isTouched()) {
        return;
      }
      StartedOffsets proposal = progress.propose(++commitId);
      String metadata = proposal.metadata();
      assertThat(metadata.length()).isLessThanOrEqualTo(StartedOffsets.MAX_METADATA_LENGTH);
      assertThat(StartedOffsets.parse(proposal.prefix(), metadata)).isEqualTo(proposal);
      switch (luck) {
        case 0 -> progress.aborted();
        case 1 -> {
          store(proposal, metadata);
          crash();
        }
        case 2 -> crash();
        default -> {
          store(proposal, metadata);
          progress.committed().forEach(this::call);
        }
      }
    }

    private void store(StartedOffsets proposal, String metadata) {
      assertThat(proposal.prefix()).as(replay).isGreaterThanOrEqualTo(committedOffset);
      committedOffset = proposal.prefix();
      committedMetadata = metadata;
      for (Mail mail : progress.finishing()) {
        String end = outcomes.remove(mail.offset());
        assertThat(end).as("%s: an end without an outcome", replay).isNotNull();
        assertThat(ends.put(mail.offset(), end))
            .as("%s: offset %d ends twice", replay, mail.offset())
            .isNull();
      }
    }

    private void call(Mail mail) {
      StartedOffsets inKafka = StartedOffsets.parse(committedOffset, committedMetadata);
      assertThat(inKafka.isUncertain(mail.offset()))
          .as("%s: offset %d is called, but a successor would not know", replay, mail.offset())
          .isTrue();
      calls.merge(mail.offset(), 1, Integer::sum);
      calling.add(mail);
    }

    private void crash() {
      calling = new ArrayList<>();
      outcomes = new HashMap<>();
      takeOver();
    }

    private void takeOver() {
      StartedOffsets recovered = StartedOffsets.parse(committedOffset, committedMetadata);
      Set<Long> uncertain = new HashSet<>();
      log.stream().filter(recovered::isUncertain).forEach(uncertain::add);
      Set<Long> calledWithoutEnd = new HashSet<>(calls.keySet());
      calledWithoutEnd.removeAll(ends.keySet());
      assertThat(uncertain)
          .as("%s: a call that nobody knows of", replay)
          .containsAll(calledWithoutEnd);
      assertThat(uncertain).as("%s: uncertain, but ended", replay).noneMatch(ends::containsKey);
      progress = new PartitionProgress<>(recovered, window);
      nextToPoll = 0;
      while (nextToPoll < log.size() && log.get(nextToPoll) < committedOffset) {
        nextToPoll++;
      }
    }

    void drain() {
      for (int rounds = 0; ends.size() < log.size(); rounds++) {
        assertThat(rounds).as("%s: it does not come to an end", replay).isLessThan(100_000);
        poll();
        commit(3);
        endSomeCalls();
        commit(3);
      }
    }

    void verify() {
      assertThat(ends.keySet()).as(replay).containsExactlyInAnyOrderElementsOf(log);
      calls.forEach((offset, times) ->
          assertThat(times).as("%s: calls of offset %d", replay, offset).isEqualTo(1));
      ends.forEach((offset, end) -> {
        if (end.equals("sent")) {
          assertThat(calls).as(replay).containsKey(offset);
        } else if (end.equals("refused")) {
          assertThat(calls).as(replay).doesNotContainKey(offset);
        }
      });
    }
  }
}
