package io.mailstream.streams.hold;

import io.mailstream.policy.Limit;
import io.mailstream.streams.hold.ReleaseCheck.Verdict;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.InlineContent;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.Stores;

/**
 * What it costs to hold and to release a mail of 2 KB, in CPU time of the task's thread, with a
 * given number of mails held in RocksDB. Run by hand, with the numbers as arguments; no changelog.
 */
final class HoldBenchmark {

  private static final int MEASURED = 10_000;
  private static final long HOUR = 3_600_000;

  private HoldBenchmark() {}

  /** Runs with each of the numbers given. */
  public static void main(String[] args) throws IOException {
    passing();
    for (String held : args.length == 0 ? new String[] {"10000", "10000", "1000000"} : args) {
      run(Integer.parseInt(held));
    }
  }

  private static void run(int held) throws IOException {
    Path directory = Files.createTempDirectory("hold-benchmark");
    HoldTask task = task(Map.of(), directory);
    long now = Mail.START;
    String body = "x".repeat(1_700);
    task.send(
        Mail.deferral(Mail.bulk("first"), DeferralReason.ACCOUNT_PARKED, now + HOUR, now), now);
    for (int i = 1; i < held - MEASURED / 2; i++) {
      task.send(mail(i, body), now);
    }
    long start = cpu();
    for (int i = 0; i < MEASURED; i++) {
      task.send(mail(held + i, body), now);
    }
    double hold = microsEach(start, MEASURED);
    now += HOUR;
    long before = task.store().operations();
    start = cpu();
    int released = 0;
    while (released < MEASURED) {
      task.tick(now);
      released += task.taken().size();
    }
    double release = microsEach(start, released);
    double operations = (task.store().operations() - before) / (double) released;
    start = cpu();
    task.restart(now);
    double restart = microsEach(start, 1) / 1000;
    System.out.printf(
        Locale.ROOT,
        "%,d held: hold %.1f us, release %.1f us and %.3f store operations, restart %.1f ms%n",
        held,
        hold,
        release,
        operations,
        restart);
    task.close();
  }

  /** Mail that three limits let through at once. */
  private static void passing() throws IOException {
    Limit wide = new Limit(1e9, 1e9);
    Map<String, Limit> limits = Map.of("main", wide, "acme", wide, "acme/news", wide);
    HoldTask task = task(limits, Files.createTempDirectory("hold-benchmark"));
    Delivery delivery = mail(0, "x");
    for (int round = 0; round < 5; round++) {
      long start = cpu();
      for (int i = 0; i < 50_000; i++) {
        task.send(delivery, Mail.START + i / 10);
      }
      double each = microsEach(start, 50_000);
      task.taken();
      System.out.printf(Locale.ROOT, "passing three limits: %.2f us%n", each);
    }
    task.close();
  }

  private static HoldTask task(Map<String, Limit> limits, Path directory) {
    return new HoldTask(
        Mail.policies(limits, Duration.ZERO),
        (delivery, time) -> new Verdict.Go(delivery),
        1,
        Mail.START,
        Stores.persistentKeyValueStore(HoldStores.HELD).get(),
        new MockProcessorContext<String, SpecificRecord>(
            properties(), new TaskId(0, 0), directory.toFile()));
  }

  private static Properties properties() {
    Properties properties = new Properties();
    properties.put("application.id", "hold-benchmark");
    properties.put("bootstrap.servers", "unused:1");
    return properties;
  }

  private static Delivery mail(int i, String body) {
    Delivery delivery = Mail.bulk("m" + i);
    delivery.setContent(InlineContent.newBuilder().setText(body).build());
    return delivery;
  }

  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static double microsEach(long start, int count) {
    return (cpu() - start) / 1000.0 / count;
  }
}
