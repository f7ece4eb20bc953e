package io.mailstream.runtime.tracing;

import io.mailstream.runtime.logging.Masking;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** A span of OpenTelemetry's. */
final class OtelSpan implements MailSpan {

  private final Span span;

  OtelSpan(Span span) {
    this.span = span;
  }

  @Override
  public MailSpan with(String name, String value) {
    if (value != null && span.isRecording()) {
      span.setAttribute(name, Masking.text(value));
    }
    return this;
  }

  @Override
  public MailSpan with(String name, long value) {
    span.setAttribute(name, value);
    return this;
  }

  @Override
  public MailSpan failed(String why) {
    span.setStatus(StatusCode.ERROR);
    return with(TraceAttributes.ERROR, why);
  }

  @Override
  public Headers on(Headers headers) {
    Headers own = headers == null ? new RecordHeaders() : new RecordHeaders(headers);
    own.remove(TraceContext.TRACEPARENT);
    own.remove(TraceContext.TRACESTATE);
    W3CTraceContextPropagator.getInstance()
        .inject(
            Context.root().with(span),
            own,
            (carrier, name, value) -> carrier.add(name, value.getBytes(StandardCharsets.US_ASCII)));
    return own;
  }

  @Override
  public <T> T around(Supplier<T> work) {
    SpanContext context = span.getSpanContext();
    String traceparent =
        "00-%s-%s-%s"
            .formatted(context.getTraceId(), context.getSpanId(), context.getTraceFlags().asHex());
    return ScopedValue.where(TraceContext.CURRENT, traceparent).call(work::get);
  }

  @Override
  public void endedAt(long millis) {
    span.end(millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    span.end();
  }
}
