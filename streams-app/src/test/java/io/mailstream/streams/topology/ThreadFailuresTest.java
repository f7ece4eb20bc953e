package io.mailstream.streams.topology;

import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.REPLACE_THREAD;
import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.schemas.serde.RegistryUnavailableException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ThreadFailuresTest {

  private final AtomicLong now = new AtomicLong();
  private final ThreadFailures failures = withThreads(1);

  static List<Throwable> passing() {
    return List.of(
        new StreamsException("no answer", new TimeoutException("brokers")),
        new StreamsException("unreadable for now", new RegistryUnavailableException("away", null)));
  }

  static List<Throwable> lasting() {
    return List.of(
        new StreamsException("too large", new RecordTooLargeException()),
        new StreamsException("not allowed", new TopicAuthorizationException("topic")),
        new StreamsException("not Avro", new SerializationException("no")),
        new StreamsException("a step failed", new IllegalStateException("a bug")));
  }

  @ParameterizedTest
  @MethodSource("passing")
  void beginsAgainAfterWhatMayPass(Throwable failure) {
    assertThat(failures.handle(failure)).isEqualTo(REPLACE_THREAD);
  }

  @ParameterizedTest
  @MethodSource("lasting")
  void stopsOnWhatWillNotPass(Throwable failure) {
    assertThat(failures.handle(failure)).isEqualTo(SHUTDOWN_CLIENT);
  }

  @Test
  void stopsWhereTooManyThreadsDieWithinFiveMinutes() {
    Throwable failure = passing().getFirst();
    for (int i = 0; i < 20; i++) {
      now.addAndGet(10_000);
      assertThat(failures.handle(failure)).as("death %d", i + 1).isEqualTo(REPLACE_THREAD);
    }
    assertThat(failures.handle(failure)).isEqualTo(SHUTDOWN_CLIENT);
    now.addAndGet(301_000);
    assertThat(failures.handle(failure)).isEqualTo(REPLACE_THREAD);
  }

  @Test
  void whatTakesAllThreadsAwayMayComeAsOftenWithMany() {
    ThreadFailures many = withThreads(16);
    for (int i = 0; i < 160; i++) {
      assertThat(many.handle(passing().getFirst())).isEqualTo(REPLACE_THREAD);
    }
    assertThat(many.handle(passing().getFirst())).isEqualTo(SHUTDOWN_CLIENT);
  }

  private ThreadFailures withThreads(int threads) {
    return new ThreadFailures(threads, () -> Instant.ofEpochMilli(now.get()));
  }
}
