package io.mailstream.runtime.tracing;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;

/** Counts spans: those that ended, and what became of them at the export. */
final class SpanMeters implements SpanProcessor {

  private final Counter ended;
  private final Counter exported;
  private final Counter failed;

  SpanMeters(MeterRegistry meters) {
    ended = counter(meters, "ended");
    exported = counter(meters, "exported");
    failed = counter(meters, "failed");
  }

  private static Counter counter(MeterRegistry meters, String outcome) {
    return Counter.builder("mailstream.tracing.spans")
        .description("Spans that ended; that the collector took, or did not")
        .tag("outcome", outcome)
        .register(meters);
  }

  /** An exporter, counted. */
  SpanExporter of(SpanExporter exporter) {
    return new SpanExporter() {
      @Override
      public CompletableResultCode export(Collection<SpanData> spans) {
        CompletableResultCode result = exporter.export(spans);
        return result.whenComplete(
            () -> (result.isSuccess() ? exported : failed).increment(spans.size()));
      }

      @Override
      public CompletableResultCode flush() {
        return exporter.flush();
      }

      @Override
      public CompletableResultCode shutdown() {
        return exporter.shutdown();
      }
    };
  }

  @Override
  public void onStart(Context parent, ReadWriteSpan span) {
    // Only what ends is counted.
  }

  @Override
  public boolean isStartRequired() {
    return false;
  }

  @Override
  public void onEnd(ReadableSpan span) {
    if (span.getSpanContext().isSampled()) {
      ended.increment();
    }
  }

  @Override
  public boolean isEndRequired() {
    return true;
  }
}
