package io.mailstream.webhook;

import io.mailstream.runtime.tracing.MailSpan;
import io.mailstream.runtime.tracing.TraceAttributes;
import io.mailstream.runtime.tracing.TraceContext;
import io.mailstream.runtime.tracing.Tracing;
import io.mailstream.schemas.DeliveryTags;
import io.mailstream.v1.FeedbackEvent;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.header.Headers;

/**
 * An event with the trace of its mail, which went round by the ESP as a tag and goes on as the
 * header of the event's record. What came back is believed only where it is one: whoever signs
 * callbacks can say what they like in it.
 *
 * @param event the event, without the tag
 * @param headers of its record; null: none
 * @param span its step of the trace; it is over when the record is written, or is not to be
 */
record TracedEvent(FeedbackEvent event, Headers headers, MailSpan span) {

  /** Begins the step. */
  static TracedEvent of(FeedbackEvent event, String topic, Tracing tracing) {
    String traceparent = event.getTags().get(DeliveryTags.TRACEPARENT);
    if (traceparent == null) {
      return new TracedEvent(event, null, MailSpan.NONE);
    }
    Map<String, String> tags = new TreeMap<>(event.getTags());
    tags.remove(DeliveryTags.TRACEPARENT);
    event.setTags(tags);
    if (!TraceContext.isTraceparent(traceparent)) {
      return new TracedEvent(event, null, MailSpan.NONE);
    }
    Headers headers = TraceContext.of(traceparent);
    MailSpan span =
        tracing
            .send(topic, headers)
            .with(TraceAttributes.EVENT, event.getType().name())
            .with(TraceAttributes.PROVIDER, event.getProvider())
            .with(TraceAttributes.TENANT, event.getTenant())
            .with(TraceAttributes.STREAM, event.getStream())
            .with(TraceAttributes.DELIVERY, event.getDeliveryId());
    return new TracedEvent(event, span.on(headers), span);
  }
}
