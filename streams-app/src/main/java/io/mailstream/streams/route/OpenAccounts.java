package io.mailstream.streams.route;

/** Which accounts take mail now, as far as is known here. Safe for many threads. */
@FunctionalInterface
public interface OpenAccounts {

  /** Every account takes mail: what is assumed of those of which nothing is known. */
  OpenAccounts ALL = (account, now) -> true;

  /**
   * Whether an account takes mail.
   *
   * @param now milliseconds since the epoch
   */
  boolean isOpen(String account, long now);
}
