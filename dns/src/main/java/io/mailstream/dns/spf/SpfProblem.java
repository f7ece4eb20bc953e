package io.mailstream.dns.spf;

/**
 * Something that makes a check of SPF fail, or could.
 *
 * @param kind what kind of problem
 * @param domain whose record it is in
 * @param detail the term, or what was found, for people
 */
public record SpfProblem(Kind kind, String domain, String detail) {

  /** Kinds of problems. */
  public enum Kind {
    /** The record cannot be read: a permanent error. */
    SYNTAX,
    /** More than one SPF record: a permanent error. */
    SEVERAL_RECORDS,
    /** Include or redirect leads where there is no SPF record: a permanent error. */
    NO_RECORD_THERE,
    /** Include or redirect leads back to where it came from. */
    LOOP,
    /** More than ten names behind one mx: a permanent error. */
    TOO_MANY_EXCHANGES,
    /** What a, mx or exists names does not exist. */
    VOID,
    /** The DNS failed. */
    UNANSWERED
  }
}
