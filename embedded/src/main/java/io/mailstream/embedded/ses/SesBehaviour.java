package io.mailstream.embedded.ses;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.EnumMap;
import java.util.Map;

/**
 * How the simulator behaves now.
 *
 * @param latencyMillis how long a call takes at least, in milliseconds
 * @param jitterMillis how much longer at most, evenly distributed, in milliseconds
 * @param maxSendRate recipients a second beyond which calls are refused with 429; one second's
 *     worth may come at once; 0: no limit
 * @param dailyQuota recipients that are taken in all; -1: no limit
 * @param paused whether the account's sending is paused
 * @param faultRates the share of calls, 0 to 1, that fail in each way; their sum is at most 1
 * @param sendEvents whether Send events are published
 * @param deliveryEvents whether Delivery events are published
 * @param eventDelayMillis how long after the call a mail's fate is known, in milliseconds
 */
public record SesBehaviour(
    long latencyMillis,
    long jitterMillis,
    double maxSendRate,
    long dailyQuota,
    boolean paused,
    Map<SesFault, Double> faultRates,
    boolean sendEvents,
    boolean deliveryEvents,
    long eventDelayMillis) {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);

  /**
   * Checks all values.
   *
   * @throws IllegalArgumentException that names the value and what is allowed
   */
  public SesBehaviour {
    faultRates = Map.copyOf(faultRates);
    require(latencyMillis >= 0, "latencyMillis", latencyMillis, "0 or more");
    require(jitterMillis >= 0, "jitterMillis", jitterMillis, "0 or more");
    require(maxSendRate >= 0, "maxSendRate", maxSendRate, "0 (no limit) or more");
    require(dailyQuota >= -1, "dailyQuota", dailyQuota, "-1 (no limit) or more");
    require(eventDelayMillis >= 0, "eventDelayMillis", eventDelayMillis, "0 or more");
    double sum = 0;
    for (double rate : faultRates.values()) {
      require(rate >= 0 && rate <= 1, "faultRates", rate, "0 to 1");
      sum += rate;
    }
    require(sum <= 1.000001, "faultRates", sum, "a sum of at most 1");
  }

  /** Takes everything at once, and publishes all events a tenth of a second later. */
  public static SesBehaviour defaults() {
    return new SesBehaviour(0, 0, 0, -1, false, Map.of(), true, true, 100);
  }

  /** With a latency, in milliseconds. */
  public SesBehaviour latency(long millis, long jitter) {
    return new SesBehaviour(
        millis,
        jitter,
        maxSendRate,
        dailyQuota,
        paused,
        faultRates,
        sendEvents,
        deliveryEvents,
        eventDelayMillis);
  }

  /** With a sending rate, in recipients a second; 0: no limit. */
  public SesBehaviour maxSendRate(double rate) {
    return new SesBehaviour(
        latencyMillis,
        jitterMillis,
        rate,
        dailyQuota,
        paused,
        faultRates,
        sendEvents,
        deliveryEvents,
        eventDelayMillis);
  }

  /** With a quota; -1: no limit. */
  public SesBehaviour dailyQuota(long quota) {
    return new SesBehaviour(
        latencyMillis,
        jitterMillis,
        maxSendRate,
        quota,
        paused,
        faultRates,
        sendEvents,
        deliveryEvents,
        eventDelayMillis);
  }

  /** With sending paused, or not. */
  public SesBehaviour paused(boolean isPaused) {
    return new SesBehaviour(
        latencyMillis,
        jitterMillis,
        maxSendRate,
        dailyQuota,
        isPaused,
        faultRates,
        sendEvents,
        deliveryEvents,
        eventDelayMillis);
  }

  /** With a share of the calls that fail in a way. */
  public SesBehaviour faultRate(SesFault fault, double rate) {
    Map<SesFault, Double> rates = new EnumMap<>(SesFault.class);
    rates.putAll(faultRates);
    rates.put(fault, rate);
    return new SesBehaviour(
        latencyMillis,
        jitterMillis,
        maxSendRate,
        dailyQuota,
        paused,
        rates,
        sendEvents,
        deliveryEvents,
        eventDelayMillis);
  }

  /** With Send and Delivery events, or without. */
  public SesBehaviour events(boolean send, boolean delivery) {
    return new SesBehaviour(
        latencyMillis,
        jitterMillis,
        maxSendRate,
        dailyQuota,
        paused,
        faultRates,
        send,
        delivery,
        eventDelayMillis);
  }

  /** As JSON, with the names of the components. */
  ObjectNode json() {
    return JSON.valueToTree(this);
  }

  /**
   * With what a JSON object names; the rest stays.
   *
   * @throws IllegalArgumentException if it names something unknown or a value that is not allowed
   */
  public SesBehaviour with(JsonNode changes) {
    if (!changes.isObject()) {
      throw new IllegalArgumentException("an object with the values to change is expected");
    }
    ObjectNode merged = json();
    changes.properties().forEach(change -> merged.set(change.getKey(), change.getValue()));
    try {
      return JSON.treeToValue(merged, SesBehaviour.class);
    } catch (JsonProcessingException e) {
      Throwable cause = e.getCause() instanceof IllegalArgumentException ? e.getCause() : e;
      throw new IllegalArgumentException(cause.getMessage().lines().findFirst().orElse(""), e);
    }
  }

  private static void require(boolean allowed, String name, Object value, String what) {
    if (!allowed) {
      throw new IllegalArgumentException("%s = %s: allowed is %s".formatted(name, value, what));
    }
  }
}
