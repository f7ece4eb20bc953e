package io.mailstream.sender.content;

import io.mailstream.v1.InlineContent;
import io.mailstream.v1.ReasonCode;

/** What a reference to content came to. Details are for people: no address, no secret. */
public sealed interface Referenced {

  /** It is there and what it is said to be. */
  record Content(InlineContent content) implements Referenced {}

  /** It cannot be sent, and will not come right by itself. */
  record Refused(ReasonCode reason, String detail) implements Referenced {}

  /** It cannot be had now. */
  record Unavailable(String detail) implements Referenced {}

  /** As much is fetched and held at the moment as may be: nothing was tried. */
  record Busy() implements Referenced {}
}
