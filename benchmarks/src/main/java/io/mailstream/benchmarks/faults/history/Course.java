package io.mailstream.benchmarks.faults.history;

import io.mailstream.benchmarks.faults.history.History.Accepted;
import io.mailstream.benchmarks.faults.history.History.Dispatched;
import io.mailstream.benchmarks.faults.history.History.Ended;
import io.mailstream.benchmarks.faults.history.History.HandedBack;
import io.mailstream.benchmarks.faults.history.History.Sent;
import io.mailstream.benchmarks.faults.history.History.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All that happened to one delivery. */
final class Course {

  final List<Accepted> accepted = new ArrayList<>(1);
  final List<Dispatched> dispatched = new ArrayList<>(1);
  final List<HandedBack> handedBack = new ArrayList<>(0);
  final List<Sent> sent = new ArrayList<>(1);
  final List<Ended> ended = new ArrayList<>(1);

  private Course() {}

  /** Those of a history, by the delivery's id. */
  static Map<Id, Course> of(History history) {
    Map<Id, Course> courses = new HashMap<>(history.accepted().size() * 4 / 3 + 1);
    history.accepted().forEach(entry -> at(courses, entry.delivery()).accepted.add(entry));
    history.dispatched().forEach(entry -> at(courses, entry.delivery()).dispatched.add(entry));
    history.handedBack().forEach(entry -> at(courses, entry.delivery()).handedBack.add(entry));
    history.sent().forEach(entry -> at(courses, entry.delivery()).sent.add(entry));
    history.ended().forEach(entry -> at(courses, entry.delivery()).ended.add(entry));
    courses.remove(Id.NONE);
    return courses;
  }

  private static Course at(Map<Id, Course> courses, Id id) {
    return courses.computeIfAbsent(id, any -> new Course());
  }

  /** How the delivery itself ended; what is told of repeated requests aside. */
  Optional<Ended> end() {
    return ended.stream().filter(entry -> entry.status() != Status.DUPLICATE).findFirst();
  }

  /** All of it, for a person who looks for the reason. */
  String evidence() {
    return "accepted %s, dispatched %s, handed back %s, at the ESP %s, results %s"
        .formatted(accepted, dispatched, handedBack, sent, ended);
  }
}
