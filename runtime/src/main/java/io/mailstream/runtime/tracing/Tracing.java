package io.mailstream.runtime.tracing;

import io.mailstream.runtime.config.ServiceConfig;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.kafka.common.header.Headers;

/**
 * Makes the spans of mails on their way, by OpenTelemetry's conventions for messaging:
 * docs/traces.md lists them. The parent of each is what the headers of the record say; without a
 * trace there it begins one, which is sampled or not by chance. Nothing else in Mailstream knows
 * OpenTelemetry.
 *
 * <p>Safe for many threads. No method blocks: spans wait for their export in a bounded queue, and
 * are dropped where it is full.
 */
public interface Tracing extends AutoCloseable {

  /** Makes no spans, leaves headers as they are, and allocates nothing. */
  Tracing OFF = new NoTracing();

  /** Makes a service's tracing. */
  @FunctionalInterface
  interface Factory {

    /**
     * What the configuration says.
     *
     * @param service the service's name
     * @param meters where spans are counted
     */
    Tracing create(ServiceConfig config, String service, MeterRegistry meters);
  }

  /** By OTLP to where {@link TracingConfig} says; {@link #OFF} where it names no place. */
  static Tracing create(ServiceConfig config, String service, MeterRegistry meters) {
    return TracingConfig.endpoint(config)
        .<Tracing>map(endpoint -> OtelTracing.byOtlp(config, endpoint, service, meters))
        .orElse(OFF);
  }

  /** Whether spans are made: what only they need is not to be worked out else. */
  boolean isOn();

  /** A record of a topic is worked on. */
  MailSpan process(String topic, Headers came);

  /** A record is written to a topic, about the mail whose trace the headers carry. */
  MailSpan send(String topic, Headers came);

  /** An ESP is called with a mail. */
  MailSpan call(String esp, Headers came);

  /**
   * A mail waits, or has.
   *
   * @param since from when on, in milliseconds since the epoch
   */
  MailSpan hold(Headers came, long since);

  /** Exports what waits for it, as far as that takes no longer than two seconds. */
  @Override
  void close();
}
