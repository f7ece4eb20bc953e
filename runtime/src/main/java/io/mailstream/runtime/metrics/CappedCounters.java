package io.mailstream.runtime.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A counter by labels whose values come from outside, such as tenant and stream, and by one whose
 * values are ours, its kind. Of the first at most so many combinations are told apart, in the order
 * of their coming; all others count together as {@value #OTHER}. So a service's metrics stay as
 * small as they are, whatever mail comes. One counter costs one look-up in a map. Safe for many
 * threads.
 */
public final class CappedCounters {

  /** What stands for every value beyond the cap. */
  public static final String OTHER = "other";

  private final MeterRegistry registry;
  private final String name;
  private final String description;
  private final int most;
  private final List<String> open;
  private final String kind;
  private final List<String> others;
  private final Map<Series, Counter> counters = new ConcurrentHashMap<>();
  private final Set<List<String>> known = new HashSet<>();

  private record Series(List<String> open, String kind) {}

  /**
   * Counters of one name that are not there yet.
   *
   * @param most how many combinations of the open labels are told apart
   * @param open the labels whose values come from outside
   * @param kind the label whose values are ours, and few
   */
  public CappedCounters(
      MeterRegistry registry,
      String name,
      String description,
      int most,
      List<String> open,
      String kind) {
    this.registry = registry;
    this.name = name;
    this.description = description;
    this.most = most;
    this.open = List.copyOf(open);
    this.kind = kind;
    this.others = Collections.nCopies(open.size(), OTHER);
  }

  /**
   * Counts one.
   *
   * @param values of the open labels, in their order
   * @param ofKind the kind's value
   */
  public void increment(List<String> values, String ofKind) {
    Counter counter = counters.get(new Series(values, ofKind));
    if (counter == null) {
      counter = find(values, ofKind);
    }
    counter.increment();
  }

  /** Has counters begin at 0 before anything is counted: else nobody sees the first increase. */
  public void expect(List<String> values, List<String> kinds) {
    kinds.forEach(ofKind -> find(values, ofKind));
  }

  private synchronized Counter find(List<String> values, String ofKind) {
    boolean isTold = known.contains(values) || (known.size() < most && known.add(values));
    return counters.computeIfAbsent(new Series(isTold ? values : others, ofKind), this::register);
  }

  private Counter register(Series series) {
    Tags tags = Tags.of(kind, series.kind);
    for (int i = 0; i < open.size(); i++) {
      tags = tags.and(open.get(i), series.open.get(i));
    }
    return Counter.builder(name).description(description).tags(tags).register(registry);
  }
}
