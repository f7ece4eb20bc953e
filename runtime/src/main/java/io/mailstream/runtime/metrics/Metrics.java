package io.mailstream.runtime.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/**
 * A service's metrics, for Prometheus. Names of ours begin with {@code mailstream.} and are in base
 * units (seconds, bytes). Every meter has the tag {@code service}; no tag may be an address.
 */
public final class Metrics implements AutoCloseable {

  private final PrometheusMeterRegistry registry;
  private final JvmGcMetrics gc;

  private Metrics(PrometheusMeterRegistry registry) {
    this.registry = registry;
    this.gc = new JvmGcMetrics();
  }

  /**
   * A registry with the JVM's own metrics.
   *
   * @param service the service's name, a tag on every meter
   */
  public static Metrics create(String service) {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    registry.config().commonTags(Tags.of("service", service));
    Metrics metrics = new Metrics(registry);
    metrics.bind(new ClassLoaderMetrics());
    metrics.bind(new JvmInfoMetrics());
    metrics.bind(new JvmMemoryMetrics());
    metrics.bind(new JvmThreadMetrics());
    metrics.bind(metrics.gc);
    metrics.bind(new FileDescriptorMetrics());
    metrics.bind(new ProcessorMetrics());
    metrics.bind(new UptimeMetrics());
    return metrics;
  }

  /** Where meters are registered. */
  public MeterRegistry registry() {
    return registry;
  }

  /** All meters in Prometheus' text format 0.0.4. */
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }

  private void bind(MeterBinder binder) {
    binder.bindTo(registry);
  }
}
