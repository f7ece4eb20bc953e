package io.mailstream.benchmarks;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.Punctuator;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * One step of the topology in one task, with its real stores in RocksDB, driven in this process:
 * neither brokers nor changelogs, so that what is measured is the step and its stores. The clock is
 * the caller's.
 */
final class StepTask implements AutoCloseable {

  private static final String IN = "in";
  private static final String STEP = "step";

  private final Wrapped wrapped;
  private final TopologyTestDriver driver;
  private final TestInputTopic<String, String> in;
  private long now;

  /** What is done in the task. */
  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }

  /**
   * Where stores go.
   *
   * @param directory their files
   * @param cacheMegabytes how much of each store's blocks is kept unpacked in memory
   */
  record Disk(Path directory, int cacheMegabytes) {}

  /**
   * A task.
   *
   * @param disk where its stores go
   * @param step the step
   * @param children the steps that it forwards to, which drop what they get
   * @param now the time at the beginning, in milliseconds since the epoch
   */
  StepTask(
      Disk disk,
      ProcessorSupplier<String, SpecificRecord, String, SpecificRecord> step,
      List<String> children,
      long now) {
    this.now = now;
    this.wrapped = new Wrapped(step.get());
    step.stores().forEach(StoreBuilder::withLoggingDisabled);
    Topology topology = new Topology();
    topology.addSource(IN, Serdes.String().deserializer(), Serdes.String().deserializer(), IN);
    topology.addProcessor(STEP, supplier(wrapped, step.stores()), IN);
    for (String child : children) {
      topology.addProcessor(child, Dropping::new, STEP);
    }
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, "stores");
    config.put(StreamsConfig.STATE_DIR_CONFIG, disk.directory().toString());
    config.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, StoreCache.class);
    config.put(StoreCache.MEGABYTES, String.valueOf(disk.cacheMegabytes()));
    this.driver = new TopologyTestDriver(topology, config);
    this.in =
        driver.createInputTopic(IN, Serdes.String().serializer(), Serdes.String().serializer());
  }

  /** Does work in the task, whose stores and children are there only then. */
  void run(Work work) {
    wrapped.work = work;
    in.pipeInput("");
  }

  /** Hands a record to the step; inside {@link #run}. */
  void process(String key, SpecificRecord value) {
    wrapped.step.process(new Record<>(key, value, now));
  }

  /** One tick of the step's; inside {@link #run}. */
  void tick() {
    wrapped.tick.punctuate(now);
  }

  /** How much it has forwarded so far. */
  long forwarded() {
    return wrapped.forwarded;
  }

  /** The time, in milliseconds since the epoch. */
  long now() {
    return now;
  }

  /** Sets the clock forward. */
  void advance(long millis) {
    now += millis;
  }

  /** What the step sees, its stores for instance; inside {@link #run}. */
  ProcessorContext<String, SpecificRecord> context() {
    return wrapped.context;
  }

  @Override
  public void close() {
    driver.close();
  }

  private static ProcessorSupplier<String, String, String, SpecificRecord> supplier(
      Wrapped wrapped, Set<StoreBuilder<?>> stores) {
    return new ProcessorSupplier<>() {
      @Override
      public Processor<String, String, String, SpecificRecord> get() {
        // Asked for more than once, to see that it is not the same one: the step itself is.
        return new Processor<>() {
          @Override
          public void init(ProcessorContext<String, SpecificRecord> context) {
            wrapped.init(context);
          }

          @Override
          public void process(Record<String, String> ignored) {
            wrapped.process();
          }

          @Override
          public void close() {
            wrapped.step.close();
          }
        };
      }

      @Override
      public Set<StoreBuilder<?>> stores() {
        return stores;
      }
    };
  }

  /** The step, in a context that has the caller's clock and leaves ticking to the caller. */
  private final class Wrapped {
    private final Processor<String, SpecificRecord, String, SpecificRecord> step;
    private ProcessorContext<String, SpecificRecord> context;
    private Punctuator tick;
    private Work work;
    private long forwarded;

    Wrapped(Processor<String, SpecificRecord, String, SpecificRecord> step) {
      this.step = step;
    }

    @SuppressWarnings("unchecked")
    void init(ProcessorContext<String, SpecificRecord> real) {
      context = real;
      step.init(
          (ProcessorContext<String, SpecificRecord>)
              Proxy.newProxyInstance(
                  StepTask.class.getClassLoader(),
                  new Class<?>[] {ProcessorContext.class},
                  (proxy, method, args) -> call(real, method, args)));
    }

    private Object call(Object real, Method method, Object[] args) throws Throwable {
      switch (method.getName()) {
        case "currentSystemTimeMs" -> {
          return now;
        }
        case "schedule" -> {
          tick = (Punctuator) args[2];
          return (Cancellable) () -> {};
        }
        case "forward" -> forwarded++;
        default -> {
          // The real one does it.
        }
      }
      try {
        return method.invoke(real, args);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }

    void process() {
      try {
        work.run();
      } catch (Exception e) {
        throw new IllegalStateException("work in a task failed", e);
      }
    }
  }

  private static final class Dropping implements Processor<String, SpecificRecord, Void, Void> {
    @Override
    public void process(Record<String, SpecificRecord> record) {}
  }
}
