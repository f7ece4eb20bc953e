package io.mailstream.dns.doctor;

import java.util.List;

/**
 * What a check found.
 *
 * @param check which check
 * @param severity how bad it is
 * @param found what is there, or is missing
 * @param why why it matters; empty where it is as it should be
 * @param fix what to do; empty where there is nothing to do
 * @param publish the records to publish, in place of what is there under their names
 */
public record Finding(
    Check check, Severity severity, String found, String why, String fix, List<Publish> publish) {

  public Finding {
    publish = List.copyOf(publish);
  }
}
