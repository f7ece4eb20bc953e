package io.mailstream.streams.validate;

import io.mailstream.v1.ReasonCode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Everything that is wrong with one request. Every reason code is kept; of the faults themselves
 * only so many are told that the result stays small whatever came in.
 */
final class Faults {

  private static final int TOLD = 20;

  private final Set<ReasonCode> codes = new LinkedHashSet<>();
  private final List<Fault> told = new ArrayList<>();
  private int count;

  void add(ReasonCode code, String where, String what) {
    codes.add(code);
    count++;
    if (told.size() < TOLD) {
      told.add(new Fault(code, where, what));
    }
  }

  boolean isEmpty() {
    return count == 0;
  }

  int count() {
    return count;
  }

  boolean has(ReasonCode code) {
    return codes.contains(code);
  }

  List<ReasonCode> codes() {
    return List.copyOf(codes);
  }

  List<Fault> told() {
    return List.copyOf(told);
  }

  /** The faults in one text, for people. */
  String describe() {
    String text = told.stream().map(Fault::toString).collect(Collectors.joining("; "));
    return count > told.size() ? text + "; and %d more".formatted(count - told.size()) : text;
  }
}
