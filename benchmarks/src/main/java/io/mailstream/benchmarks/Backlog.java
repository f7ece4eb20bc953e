package io.mailstream.benchmarks;

import io.mailstream.schemas.Topics;
import io.mailstream.v1.Lane;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/**
 * A topology that works off requests which were written while it was frozen, and is measured by
 * what comes out.
 */
final class Backlog implements Contender {

  private final Lab lab;
  private final Setup setup;

  /**
   * One contender.
   *
   * @param name its name in the table
   * @param topics where requests go
   * @param partitions how many each topic has
   * @param part the topology's process
   * @param output the topic that it writes to
   * @param keyed whether requests have the recipient's key
   * @param mails the mails of a round
   */
  record Setup(
      String name,
      Topics topics,
      int partitions,
      Part part,
      String output,
      boolean keyed,
      IntFunction<Mails> mails) {}

  Backlog(Lab lab, Setup setup) {
    this.lab = lab;
    this.setup = setup;
  }

  /**
   * The topology that only copies, started.
   *
   * @param open what to close at the end
   */
  static Backlog identity(
      Lab lab, String name, int partitions, IntFunction<Mails> mails, List<Part> open)
      throws IOException, InterruptedException, ExecutionException {
    return copying(lab, "identity-" + partitions, name, partitions, mails, List.of(), open);
  }

  /**
   * One that reads and writes Avro and remembers what it has seen, and nothing else; started.
   *
   * @param open what to close at the end
   */
  static Backlog remembering(Lab lab, String name, IntFunction<Mails> mails, List<Part> open)
      throws IOException, InterruptedException, ExecutionException {
    return copying(lab, "remembering", name, Lab.PARTITIONS, mails, List.of(lab.registry()), open);
  }

  private static Backlog copying(
      Lab lab,
      String id,
      String name,
      int partitions,
      IntFunction<Mails> mails,
      List<String> more,
      List<Part> open)
      throws IOException, InterruptedException, ExecutionException {
    Topics topics = lab.topics(id + ".", partitions);
    String output = id + ".out";
    try (Admin admin = lab.admin()) {
      admin.createTopics(List.of(new NewTopic(output, partitions, (short) 1))).all().get();
    }
    Part part = IdentityPart.start(lab, id, topics.requests(Lane.BULK), output, more);
    open.add(part);
    return new Backlog(lab, new Setup(name, topics, partitions, part, output, true, mails));
  }

  @Override
  public String name() {
    return setup.name();
  }

  @Override
  public Sample run(int messages, int round) throws Exception {
    lab.request(setup.topics(), setup.mails().apply(round), messages, setup.keyed());
    try (KafkaConsumer<byte[], byte[]> consumer = lab.atEnd(setup.output(), setup.partitions())) {
      setup.part().thaw();
      AtomicLong seen = new AtomicLong();
      return Meter.drain(
          messages,
          Map.of("topology", setup.part(), "broker", lab.broker()),
          () -> seen.addAndGet(consumer.poll(Duration.ofMillis(100)).count()));
    }
  }

  @Override
  public void rest() throws TimeoutException {
    lab.freeze(setup.part());
  }
}
