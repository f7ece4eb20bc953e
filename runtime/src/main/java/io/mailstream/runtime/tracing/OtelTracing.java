package io.mailstream.runtime.tracing;

import io.mailstream.runtime.config.ServiceConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** Spans by OpenTelemetry. */
public final class OtelTracing implements Tracing {

  private static final String SCOPE = "io.mailstream";

  /** Spans that wait for their export; one takes about a kilobyte. */
  private static final int QUEUE = 8_192;

  private static final Duration EXPORT_EVERY = Duration.ofSeconds(1);
  private static final Duration EXPORT_WITHIN = Duration.ofSeconds(10);
  private static final long FLUSH_MS = 2_000;

  private final SdkTracerProvider provider;
  private final Tracer tracer;

  private OtelTracing(SdkTracerProvider provider) {
    this.provider = provider;
    this.tracer = provider.get(SCOPE);
  }

  static OtelTracing byOtlp(
      ServiceConfig config, String endpoint, String service, MeterRegistry meters) {
    SpanMeters counted = new SpanMeters(meters);
    BatchSpanProcessor batches =
        BatchSpanProcessor.builder(
                counted.of(
                    OtlpHttpSpanExporter.builder()
                        .setEndpoint(endpoint)
                        .setHeaders(() -> TracingConfig.headers(config))
                        .setCompression("gzip")
                        .setTimeout(EXPORT_WITHIN)
                        .build()))
            .setMaxQueueSize(QUEUE)
            .setScheduleDelay(EXPORT_EVERY)
            .setExporterTimeout(EXPORT_WITHIN)
            .build();
    return to(
        service, config.getDouble(TracingConfig.RATIO), SpanProcessor.composite(counted, batches));
  }

  /**
   * Tracing to somewhere else, such as memory.
   *
   * @param service the service's name
   * @param ratio how many of what comes without a trace are traced, from 0 to 1
   */
  public static OtelTracing to(String service, double ratio, SpanProcessor processor) {
    return new OtelTracing(
        SdkTracerProvider.builder()
            .setResource(
                Resource.getDefault()
                    .merge(
                        Resource.create(
                            Attributes.builder()
                                .put("service.name", service)
                                .put("service.namespace", "mailstream")
                                .build())))
            .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(ratio)))
            .addSpanProcessor(processor)
            .build());
  }

  @Override
  public boolean isOn() {
    return true;
  }

  @Override
  public MailSpan process(String topic, Headers came) {
    return begun(messaging("process", topic, SpanKind.CONSUMER, came));
  }

  @Override
  public MailSpan send(String topic, Headers came) {
    return begun(messaging("send", topic, SpanKind.PRODUCER, came));
  }

  @Override
  public MailSpan call(String esp, Headers came) {
    return begun(
        builder("call " + esp, SpanKind.CLIENT, came).setAttribute(TraceAttributes.PROVIDER, esp));
  }

  @Override
  public MailSpan hold(Headers came, long since) {
    return begun(
        builder("hold", SpanKind.INTERNAL, came).setStartTimestamp(since, TimeUnit.MILLISECONDS));
  }

  private SpanBuilder messaging(String operation, String topic, SpanKind kind, Headers came) {
    return builder(operation + " " + topic, kind, came)
        .setAttribute("messaging.system", "kafka")
        .setAttribute("messaging.operation.name", operation)
        .setAttribute("messaging.operation.type", operation)
        .setAttribute("messaging.destination.name", topic);
  }

  private SpanBuilder builder(String name, SpanKind kind, Headers came) {
    return tracer
        .spanBuilder(name)
        .setSpanKind(kind)
        .setParent(
            W3CTraceContextPropagator.getInstance().extract(Context.root(), came, Carried.GETTER));
  }

  private static MailSpan begun(SpanBuilder builder) {
    Span span = builder.startSpan();
    return new OtelSpan(span);
  }

  @Override
  public void close() {
    provider.shutdown().join(FLUSH_MS, TimeUnit.MILLISECONDS);
  }

  /** Headers of records as a carrier of contexts. */
  private enum Carried implements TextMapGetter<Headers> {
    GETTER;

    @Override
    public Iterable<String> keys(Headers headers) {
      return Arrays.stream(headers.toArray()).map(Header::key).toList();
    }

    @Override
    public String get(Headers headers, String name) {
      return TraceContext.value(headers, name);
    }
  }
}
