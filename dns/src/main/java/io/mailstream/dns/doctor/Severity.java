package io.mailstream.dns.doctor;

/** How bad a finding is, from good to bad. */
public enum Severity {
  /** As it should be. */
  OK,
  /** Worth knowing; nothing is wrong. */
  NOTE,
  /** It works, and costs: mail that fails a check somewhere, or a protection that is off. */
  WARNING,
  /** The DNS did not answer: nothing is known. */
  UNKNOWN,
  /** Mail is refused, or taken for forged, by receivers that go by the standard. */
  ERROR
}
