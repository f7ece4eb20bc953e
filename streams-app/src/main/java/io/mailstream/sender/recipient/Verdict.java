package io.mailstream.sender.recipient;

import io.mailstream.v1.ReasonCode;
import java.util.Optional;

/** What is known of a recipient. Details are for people, and name no address. */
public sealed interface Verdict {

  /** Mail goes. */
  Verdict GOOD = new Deliverable(Optional.empty());

  /**
   * Nothing speaks against it.
   *
   * @param note what the result of the mail is to say of it, such as a slip that is suspected
   */
  record Deliverable(Optional<String> note) implements Verdict {}

  /**
   * Mail to it cannot arrive, or is not wanted: it ends here.
   *
   * @param reason the reason of the result
   * @param detail the detail of the result
   */
  record Refused(ReasonCode reason, String detail) implements Verdict {}

  /**
   * It could not be found out: mail goes.
   *
   * @param why for people
   */
  record Unknown(String why) implements Verdict {}
}
