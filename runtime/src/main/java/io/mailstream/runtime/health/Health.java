package io.mailstream.runtime.health;

import io.mailstream.runtime.logging.Masking;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The checks of a service. Liveness: the process is past help and is to be restarted. Readiness: it
 * can do its work now. A service without checks is live and ready.
 */
public final class Health {

  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);

  private final List<HealthCheck> liveness = new CopyOnWriteArrayList<>();
  private final List<HealthCheck> readiness = new CopyOnWriteArrayList<>();
  private final Duration timeout;

  /** No checks yet. */
  public Health() {
    this(DEFAULT_TIMEOUT);
  }

  Health(Duration timeout) {
    this.timeout = timeout;
  }

  /** Adds a check of liveness. */
  public void liveness(HealthCheck check) {
    liveness.add(check);
  }

  /** Adds a check of readiness. */
  public void readiness(HealthCheck check) {
    readiness.add(check);
  }

  /** Runs the checks of liveness. */
  public Report checkLiveness() {
    return run(liveness);
  }

  /** Runs the checks of readiness. */
  public Report checkReadiness() {
    return run(readiness);
  }

  private Report run(List<HealthCheck> checks) {
    Map<HealthCheck, FutureTask<CheckResult>> running = new LinkedHashMap<>();
    for (HealthCheck check : checks) {
      FutureTask<CheckResult> task = new FutureTask<>(check::check);
      Thread.ofVirtual().name("health-" + check.name()).start(task);
      running.put(check, task);
    }
    long deadline = System.nanoTime() + timeout.toNanos();
    Map<String, CheckResult> results = new LinkedHashMap<>();
    running.forEach((check, task) -> results.put(check.name(), await(task, deadline)));
    return new Report(results);
  }

  private CheckResult await(FutureTask<CheckResult> task, long deadline) {
    try {
      return task.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      return CheckResult.down("the check failed: " + Masking.text(String.valueOf(e.getCause())));
    } catch (TimeoutException e) {
      task.cancel(true);
      return CheckResult.down("the check did not answer within " + timeout.toMillis() + " ms");
    } catch (InterruptedException e) {
      task.cancel(true);
      Thread.currentThread().interrupt();
      return CheckResult.down("interrupted: the service is stopping");
    }
  }

  /**
   * What the checks found.
   *
   * @param checks by name, in the order they were added
   */
  public record Report(Map<String, CheckResult> checks) {

    /** Whether all that was checked works. */
    public boolean isUp() {
      return checks.values().stream().allMatch(CheckResult::isUp);
    }
  }
}
