package io.mailstream.runtime.tracing;

import java.util.function.Supplier;
import org.apache.kafka.common.header.Headers;

/**
 * One step of a mail's way, while it is taken; it is over when it is closed. Attributes of it are
 * masked as log lines are: no address gets out by a trace. For one thread at a time.
 */
public interface MailSpan extends AutoCloseable {

  /** Of a mail that is not traced. */
  MailSpan NONE = new NoSpan();

  /** Says something of it, by one of the names of {@link TraceAttributes}; null: nothing. */
  MailSpan with(String name, String value);

  /** Says a number of it. */
  MailSpan with(String name, long value);

  /** It has failed, or the mail was not taken. {@code why} is one of few: a code, a class. */
  MailSpan failed(String why);

  /** Headers with this step as the one before, for the record that goes on; of none: the same. */
  Headers on(Headers headers);

  /** Does something as part of it: {@link TraceContext#current} is this step meanwhile. */
  <T> T around(Supplier<T> work);

  /** It was over at a time, in milliseconds since the epoch. */
  void endedAt(long millis);

  /** It is over now; nothing where it was before. */
  @Override
  void close();
}
