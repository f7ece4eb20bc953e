package io.mailstream.sender.provider.http;

import io.mailstream.sender.mime.Composition;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.v1.Delivery;
import java.time.Instant;

/** What is one ESP's own: how it is asked to send, and what its answers mean. */
public interface HttpApi {

  /** The ESP's name, for people. */
  String name();

  /** The request for a delivery, or why none can be made. */
  Prepared prepare(Delivery delivery);

  /** What an answer says became of the message. */
  SendOutcome outcome(HttpReply.Answer answer, Instant now);

  /** What became of a delivery on its way to a request. */
  sealed interface Prepared {

    /** A request ready to be made. */
    record Ready(HttpCall call) implements Prepared {}

    /** The ESP would refuse it, so it is not asked. */
    record Refused(Composition.Refused why) implements Prepared {}
  }
}
