package io.mailstream.sender;

import io.mailstream.sender.provider.EmailProvider;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.v1.Delivery;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** An ESP in memory that counts what it is asked to send, over all instances of a test. */
final class CountingProvider implements EmailProvider {

  private final Map<String, Integer> calls = new ConcurrentHashMap<>();
  private final List<Long> callTimes = new CopyOnWriteArrayList<>();
  private volatile Function<Delivery, SendOutcome> behaviour =
      delivery -> new SendOutcome.Accepted("m-" + delivery.getDeliveryId());
  private volatile Optional<AccountQuota> quota = Optional.empty();

  /** What it answers from now on. */
  CountingProvider answers(Function<Delivery, SendOutcome> how) {
    behaviour = how;
    return this;
  }

  /** What it says of the account. */
  CountingProvider says(AccountQuota of) {
    quota = Optional.of(of);
    return this;
  }

  @Override
  public SendOutcome send(Delivery delivery) {
    callTimes.add(System.nanoTime());
    calls.merge(delivery.getDeliveryId(), 1, Integer::sum);
    return behaviour.apply(delivery);
  }

  /** Calls by delivery id. */
  Map<String, Integer> calls() {
    return Map.copyOf(calls);
  }

  /** How often a delivery was called. */
  int calls(String deliveryId) {
    return calls.getOrDefault(deliveryId, 0);
  }

  /** When each call came, in nanoseconds. */
  List<Long> callTimes() {
    return callTimes;
  }

  @Override
  public Optional<AccountQuota> quota() {
    return quota;
  }

  @Override
  public void close() {}
}
