package io.mailstream.runtime.tracing;

import org.apache.kafka.common.header.Headers;

/** Does nothing. */
final class NoTracing implements Tracing {

  @Override
  public boolean isOn() {
    return false;
  }

  @Override
  public MailSpan process(String topic, Headers came) {
    return MailSpan.NONE;
  }

  @Override
  public MailSpan send(String topic, Headers came) {
    return MailSpan.NONE;
  }

  @Override
  public MailSpan call(String esp, Headers came) {
    return MailSpan.NONE;
  }

  @Override
  public MailSpan hold(Headers came, long since) {
    return MailSpan.NONE;
  }

  @Override
  public void close() {
    // There is nothing to export.
  }
}
