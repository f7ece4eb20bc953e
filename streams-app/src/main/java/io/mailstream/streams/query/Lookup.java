package io.mailstream.streams.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.mailstream.store.SuppressionState;
import io.mailstream.streams.query.Answers.Answer;
import io.mailstream.streams.query.LocalStore.Found;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.streams.state.HostInfo;

/**
 * Looks addresses up wherever they lie: all that one instance has are asked for at once, all
 * instances side by side. What an owner does not answer is asked of those that keep a copy.
 */
final class Lookup {

  static final String PATH = "/v1/suppressions/check";

  private final Places places;
  private final LocalStore local;
  private final OwnerClient owners;
  private final InstantSource clock;

  Lookup(Places places, LocalStore local, OwnerClient owners, InstantSource clock) {
    this.places = places;
    this.local = local;
    this.owners = owners;
    this.clock = clock;
  }

  /**
   * What is asked, and the body of a check.
   *
   * @param addresses canonical, except in a body that a client sent
   * @param tenant null: every tenant
   * @param stream null: every stream
   * @param details whether entries and changes are wanted; null: no
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Question(
      List<String> addresses,
      String tenant,
      String stream,
      @JsonProperty("details") Boolean details) {

    boolean wantsDetails() {
      return Boolean.TRUE.equals(details);
    }

    private Question about(List<String> some) {
      return new Question(some, tenant, stream, details);
    }
  }

  /** The body of the answer. */
  record Reply(List<SuppressionAnswer> results) {}

  /**
   * What was found.
   *
   * @param answers by canonical address
   * @param why what keeps the others from being answered; empty: nothing
   */
  record Result(Map<String, SuppressionAnswer> answers, String why) {
    boolean isComplete() {
      return why.isEmpty();
    }
  }

  /** Looks up what lies on this instance only. */
  Result here(Question question) {
    Map<String, SuppressionAnswer> answers = new HashMap<>();
    String why = "";
    for (String key : question.addresses()) {
      switch (local.get(key, partition(key))) {
        case Found.Value<SuppressionState>(SuppressionState state, OptionalLong behind) ->
            answers.put(key, answer(question, key, state, behind));
        case Found.NotHere<SuppressionState>(String reason) -> why = reason;
      }
    }
    return new Result(answers, why);
  }

  /**
   * Looks up everywhere.
   *
   * @param authorization the caller's Authorization header, for the other instances
   */
  Result everywhere(Question question, Optional<String> authorization) {
    if (places.partitions() == 0) {
      return new Result(Map.of(), "the topology is not started yet");
    }
    Map<Integer, List<String>> open = new HashMap<>();
    for (String key : question.addresses()) {
      open.computeIfAbsent(partition(key), partition -> new ArrayList<>()).add(key);
    }
    Map<Integer, List<HostInfo>> whom = new HashMap<>();
    open.keySet().forEach(partition -> whom.put(partition, places.askFor(partition)));
    Map<String, SuppressionAnswer> answers = new ConcurrentHashMap<>();
    Collection<String> reasons = new ConcurrentLinkedQueue<>();
    for (int round = 0; !open.isEmpty(); round++) {
      Map<HostInfo, List<String>> asked = new HashMap<>();
      for (Map.Entry<Integer, List<String>> partition : open.entrySet()) {
        List<HostInfo> hosts = whom.get(partition.getKey());
        if (round < hosts.size()) {
          asked
              .computeIfAbsent(hosts.get(round), host -> new ArrayList<>())
              .addAll(partition.getValue());
        }
      }
      if (asked.isEmpty()) {
        return new Result(
            answers,
            reasons.isEmpty()
                ? places.nobodyFor(open.keySet())
                : String.join("; ", reasons.stream().distinct().toList()));
      }
      ask(asked, question, authorization, answers, reasons);
      open.values().removeIf(keys -> answers.keySet().containsAll(keys));
    }
    return new Result(answers, "");
  }

  private void ask(
      Map<HostInfo, List<String>> asked,
      Question question,
      Optional<String> authorization,
      Map<String, SuppressionAnswer> answers,
      Collection<String> reasons) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      asked.forEach((host, keys) ->
          threads.execute(() -> {
            Result result =
                host.equals(places.self())
                    ? here(question.about(keys))
                    : there(host, question.about(keys), authorization);
            answers.putAll(result.answers());
            if (!result.isComplete()) {
              reasons.add(result.why());
            }
          }));
    }
  }

  private Result there(HostInfo host, Question question, Optional<String> authorization) {
    Answer answer = owners.post(host, PATH, Answers.bytes(question), authorization);
    if (answer.status() != 200) {
      return new Result(Map.of(), Answers.detail(answer));
    }
    try {
      Map<String, SuppressionAnswer> found = new HashMap<>();
      for (SuppressionAnswer one : Answers.JSON.readValue(answer.body(), Reply.class).results()) {
        found.put(one.address(), one);
      }
      return new Result(
          found,
          found.keySet().containsAll(question.addresses())
              ? ""
              : "a partition is moving between instances");
    } catch (IOException e) {
      return new Result(Map.of(), "the instance %s is of another version".formatted(host));
    }
  }

  private SuppressionAnswer answer(
      Question question, String key, SuppressionState state, OptionalLong behind) {
    SuppressionAnswer full =
        SuppressionAnswer.of(
            key, question.tenant(), question.stream(), Optional.ofNullable(state), clock.millis());
    return (question.wantsDetails() ? full : full.brief()).behind(behind);
  }

  private int partition(String key) {
    return places.partition(key.getBytes(StandardCharsets.UTF_8));
  }
}
