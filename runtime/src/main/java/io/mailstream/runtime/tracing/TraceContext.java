package io.mailstream.runtime.tracing;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The trace that a record belongs to, as W3C Trace Context has it: the headers {@value
 * #TRACEPARENT} (version, trace id, parent id and flags, in hexadecimal) and {@value #TRACESTATE}.
 * They are carried from hop to hop whether or not spans are made.
 */
public final class TraceContext {

  /** The trace, the span in it that came before, and whether it is sampled. */
  public static final String TRACEPARENT = "traceparent";

  /** What tracing systems add of their own. */
  public static final String TRACESTATE = "tracestate";

  private static final Pattern VERSION_0 =
      Pattern.compile("00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
  private static final int TRACE_ID_BEGIN = 3;
  private static final int TRACE_ID_END = 35;

  static final ScopedValue<String> CURRENT = ScopedValue.newInstance();

  private TraceContext() {}

  /**
   * The traceparent of the step that this thread is in, for what travels otherwise than by a
   * record's headers; null: it is in none, or none is traced.
   */
  public static String current() {
    return CURRENT.isBound() ? CURRENT.get() : null;
  }

  /** Whether a text is a traceparent of version 00, the only one there is; null is none. */
  public static boolean isTraceparent(String text) {
    return text != null && VERSION_0.matcher(text).matches();
  }

  /** Whether a record says which trace it belongs to; null: it has no headers. */
  public static boolean isIn(Headers headers) {
    return isTraceparent(value(headers, TRACEPARENT));
  }

  /** The trace id; null: none is told. */
  public static String traceId(Headers headers) {
    String traceparent = value(headers, TRACEPARENT);
    return isTraceparent(traceparent) ? traceparent.substring(TRACE_ID_BEGIN, TRACE_ID_END) : null;
  }

  /** Those of a record's headers that carry the trace; null: none does. */
  public static Headers of(Headers source) {
    Headers trace = null;
    for (String name : List.of(TRACEPARENT, TRACESTATE)) {
      Header header = source.lastHeader(name);
      if (header != null) {
        trace = trace == null ? new RecordHeaders() : trace;
        trace.add(header);
      }
    }
    return trace;
  }

  /** A record's headers that carry the trace of a traceparent, and nothing else. */
  public static Headers of(String traceparent) {
    return new RecordHeaders().add(TRACEPARENT, traceparent.getBytes(StandardCharsets.UTF_8));
  }

  static String value(Headers headers, String name) {
    Header header = headers == null ? null : headers.lastHeader(name);
    return header == null || header.value() == null
        ? null
        : new String(header.value(), StandardCharsets.UTF_8);
  }
}
