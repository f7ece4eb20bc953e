package io.mailstream.runtime.tracing;

import java.util.function.Supplier;
import org.apache.kafka.common.header.Headers;

/** Says nothing. */
final class NoSpan implements MailSpan {

  @Override
  public MailSpan with(String name, String value) {
    return this;
  }

  @Override
  public MailSpan with(String name, long value) {
    return this;
  }

  @Override
  public MailSpan failed(String why) {
    return this;
  }

  @Override
  public Headers on(Headers headers) {
    return headers;
  }

  @Override
  public <T> T around(Supplier<T> work) {
    return work.get();
  }

  @Override
  public void endedAt(long millis) {
    // It never began.
  }

  @Override
  public void close() {
    // It never began.
  }
}
