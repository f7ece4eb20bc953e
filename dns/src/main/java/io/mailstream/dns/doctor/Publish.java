package io.mailstream.dns.doctor;

/**
 * A record to publish.
 *
 * @param name its name, without a dot at its end
 * @param type its type, such as TXT
 * @param value what it says, as in a zone file; of TXT the text without quotes
 */
public record Publish(String name, String type, String value) {

  static Publish text(String name, String value) {
    return new Publish(name, "TXT", value);
  }
}
