package io.mailstream.streams.validate;

import io.mailstream.v1.ReasonCode;

/**
 * One thing that is wrong with a request.
 *
 * @param code the reason, for programs
 * @param where the field, such as {@code to[2].address}
 * @param what what is wrong and what is allowed, for people; never repeats the value
 */
record Fault(ReasonCode code, String where, String what) {

  @Override
  public String toString() {
    return where + " " + what;
  }
}
