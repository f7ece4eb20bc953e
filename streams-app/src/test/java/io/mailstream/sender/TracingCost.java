package io.mailstream.sender;

import io.mailstream.policy.Account;
import io.mailstream.runtime.tracing.OtelTracing;
import io.mailstream.runtime.tracing.TraceContext;
import io.mailstream.runtime.tracing.Tracing;
import io.mailstream.sender.provider.Deliveries;
import io.mailstream.sender.provider.EmailProvider;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.v1.Delivery;
import io.opentelemetry.sdk.trace.SpanProcessor;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What tracing costs a mail in the sender: a call of an ESP that does nothing, as it is without
 * tracing in the code, with tracing off, and on; and the look for a trace that tags make. In
 * nanoseconds of CPU, in one thread, the ways in turns. Run by hand.
 */
final class TracingCost {

  private static final int ROUNDS = 21;
  private static final int CALLS = 300_000;

  private TracingCost() {}

  /** Prints the median, the lowest and the highest of all rounds but the first ones. */
  public static void main(String[] args) {
    Delivery delivery = Deliveries.to("user@example.org").build();
    AccountGate account =
        new AccountGate(
            new Account("main", "ses", Optional.empty(), Map.of()),
            new Nothing(),
            10,
            new AccountBreaker.Slow(Duration.ofSeconds(10), 80),
            InstantSource.system());
    Send send =
        new Send(null, new ConsumerRecord<>("mail.dispatch.bulk", 0, 0, new byte[1], null), 0);
    send.read(delivery, account);
    TracedCalls off = new TracedCalls(Tracing.OFF);
    TracedCalls unsampled = new TracedCalls(on(0));
    TracedCalls sampled = new TracedCalls(on(1));
    BooleanSupplier[] ways = {
      () -> send.account().provider().send(delivery) != null,
      () -> off.call(send, delivery) != null,
      () -> TraceContext.current() == null,
      () -> unsampled.call(send, delivery) != null,
      () -> sampled.call(send, delivery) != null
    };
    String[] names = {"plain call", "off", "look for a trace", "on, not sampled", "on, sampled"};
    double[][] nanos = new double[ways.length][ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      for (int way = 0; way < ways.length; way++) {
        nanos[way][round] = nanos(ways[way]);
      }
    }
    for (int way = 0; way < ways.length; way++) {
      double[] warm = Arrays.copyOfRange(nanos[way], ROUNDS / 3, ROUNDS);
      Arrays.sort(warm);
      System.out.printf(
          Locale.ROOT,
          "%-18s %8.1f ns (%.1f-%.1f)%n",
          names[way],
          warm[warm.length / 2],
          warm[0],
          warm[warm.length - 1]);
    }
  }

  private static Tracing on(double ratio) {
    return OtelTracing.to("cost", ratio, SpanProcessor.composite());
  }

  private static double nanos(BooleanSupplier way) {
    int done = 0;
    long start = cpu();
    for (int i = 0; i < CALLS; i++) {
      done += way.getAsBoolean() ? 1 : 0;
    }
    long spent = cpu() - start;
    if (done != CALLS) {
      throw new IllegalStateException("a way does not work");
    }
    return (double) spent / CALLS;
  }

  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /** An ESP that takes everything. */
  private static final class Nothing implements EmailProvider {
    private final SendOutcome accepted = new SendOutcome.Accepted("m");

    @Override
    public SendOutcome send(Delivery delivery) {
      return accepted;
    }

    @Override
    public Optional<AccountQuota> quota() {
      return Optional.empty();
    }

    @Override
    public void close() {
      // It has nothing.
    }
  }
}
