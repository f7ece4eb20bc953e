package io.mailstream.runtime.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ShutdownTest {

  private final List<String> closed = Collections.synchronizedList(new ArrayList<>());

  @Test
  void closesInOrderAndOnce() throws Exception {
    Shutdown shutdown = new Shutdown();
    shutdown.register("first", Duration.ofSeconds(5), () -> closed.add("first"));
    shutdown.register("second", Duration.ofSeconds(5), () -> closed.add("second"));

    shutdown.close();
    shutdown.close();
    shutdown.await();

    assertThat(closed).containsExactly("first", "second");
  }

  @Test
  void aPartThatFailsOrHangsDoesNotKeepTheOthersOpen() {
    CountDownLatch never = new CountDownLatch(1);
    Shutdown shutdown = new Shutdown();
    shutdown.register(
        "failing",
        Duration.ofSeconds(5),
        () -> {
          throw new IllegalStateException("cannot close");
        });
    shutdown.register("hanging", Duration.ofMillis(20), never::await);
    shutdown.register("last", Duration.ofSeconds(5), () -> closed.add("last"));

    shutdown.close();

    assertThat(closed).containsExactly("last");
  }

  @Test
  void theTotalBoundsThemAll() {
    CountDownLatch never = new CountDownLatch(1);
    Shutdown shutdown = new Shutdown(Duration.ofMillis(50));
    shutdown.register("hanging", Duration.ofDays(1), never::await);
    shutdown.register("hanging too", Duration.ofDays(1), never::await);

    shutdown.close();

    assertThat(never.getCount()).isEqualTo(1);
  }
}
