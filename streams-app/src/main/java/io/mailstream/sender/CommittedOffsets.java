package io.mailstream.sender;

import io.mailstream.sender.SenderConfig.MissingOffsets;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What to do about the committed offsets of the dispatch partitions at start-up: tells partitions
 * that no sender has ever read from partitions whose offsets are lost. Pure.
 *
 * <p>The offsets of all partitions are first written together, before anything is sent, and what is
 * finished is deleted soon after. So where only some are missing, or where records were deleted, a
 * sender has been here: to begin again would send everything twice.
 */
final class CommittedOffsets {

  private CommittedOffsets() {}

  /**
   * One partition as Kafka has it.
   *
   * @param committed its committed offset; empty: none
   * @param metadata the metadata of that offset
   * @param logStart the first offset that is kept
   * @param logEnd the offset after the last record
   */
  record Found(Optional<Long> committed, String metadata, long logStart, long logEnd) {

    /** What the offset says; empty: there is none, or another than a sender wrote it. */
    Optional<StartedOffsets> state() {
      try {
        return committed.map(offset -> StartedOffsets.parse(offset, metadata));
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }
  }

  /**
   * What to write before anything else.
   *
   * @param found all partitions of both dispatch topics, by a name to be shown to people
   * @return by the same names; empty: all is there
   * @throws SenderFailure if offsets are lost and the policy is to stop
   */
  static <P> Map<P, StartedOffsets> missing(Map<P, Found> found, MissingOffsets policy) {
    Map<P, Found> missing = new HashMap<>(found);
    missing.values().removeIf(partition -> partition.state().isPresent());
    Map<P, StartedOffsets> initial = new HashMap<>();
    missing.forEach((name, partition) -> initial.put(name, initial(partition, policy)));
    if (policy == MissingOffsets.STOP && !missing.isEmpty() && !isFirstStart(found)) {
      throw new SenderFailure(lost(missing));
    }
    return initial;
  }

  private static boolean isFirstStart(Map<?, Found> found) {
    return found.values().stream()
        .allMatch(partition -> partition.committed.isEmpty() && partition.logStart == 0);
  }

  private static StartedOffsets initial(Found partition, MissingOffsets policy) {
    long from = Math.max(partition.logStart, partition.committed.orElse(0L));
    return switch (policy) {
      case STOP, SEND -> StartedOffsets.nothingStarted(from);
      case UNCERTAIN -> new StartedOffsets(from, Math.max(from, partition.logEnd), new BitSet(), 0);
    };
  }

  private static <P> String lost(Map<P, Found> missing) {
    Map<String, String> names = new TreeMap<>();
    missing.forEach((name, partition) ->
        names.put(
            name.toString(),
            "%s (records %d to %d%s)"
                .formatted(
                    name,
                    partition.logStart,
                    partition.logEnd,
                    partition.committed.isPresent() ? ", offset not written by a sender" : "")));
    List<String> shown = names.values().stream().limit(10).toList();
    return ("the committed offsets of %d dispatch partitions are lost: %s%s. What is kept there may"
            + " have been sent. Stop all senders, then start one with %s=uncertain to hand it all"
            + " back as uncertain, or with %s=send if it was certainly never sent")
        .formatted(
            names.size(),
            String.join(", ", shown),
            names.size() > shown.size() ? ", …" : "",
            SenderConfig.MISSING_OFFSETS,
            SenderConfig.MISSING_OFFSETS);
  }
}
