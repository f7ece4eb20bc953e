package io.mailstream.runtime.health;

/** What a check found. */
public sealed interface CheckResult {

  /**
   * It works.
   *
   * @param note what is to be known all the same, for people; empty: nothing
   */
  record Up(String note) implements CheckResult {}

  /**
   * It does not.
   *
   * @param why what is wrong, for people; no address, no secret
   */
  record Down(String why) implements CheckResult {}

  /** It works. */
  static CheckResult up() {
    return new Up("");
  }

  /** It works, and what is to be known all the same. */
  static CheckResult up(String note) {
    return new Up(note);
  }

  /** It does not work, and why. */
  static CheckResult down(String why) {
    return new Down(why);
  }

  /** Whether it works. */
  default boolean isUp() {
    return this instanceof Up;
  }
}
