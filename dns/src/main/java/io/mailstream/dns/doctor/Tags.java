package io.mailstream.dns.doctor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A list of {@code tag=value}, parted by semicolons, as DKIM defines it (RFC 6376, 3.2) and the
 * others took it over.
 *
 * @param values the values by the names of the tags, in order
 * @param faults what is no tag, or stands twice, for people
 */
record Tags(Map<String, String> values, List<String> faults) {

  static Tags parse(String text) {
    Map<String, String> values = new LinkedHashMap<>();
    List<String> faults = new ArrayList<>();
    for (String part : text.split(";", -1)) {
      int equals = part.indexOf('=');
      String name = equals < 0 ? "" : part.substring(0, equals).strip().toLowerCase(Locale.ROOT);
      if (part.isBlank()) {
        continue;
      }
      if (!name.matches("[a-z][a-z0-9_]*")) {
        faults.add("'%s' is no tag=value".formatted(part.strip()));
      } else if (values.putIfAbsent(name, part.substring(equals + 1).strip()) != null) {
        faults.add("%s= stands twice".formatted(name));
      }
    }
    return new Tags(values, faults);
  }

  /** Whether a text begins with a version, as DMARC and its like have it. */
  static boolean begins(String text, String version) {
    Tags tags = parse(text.split(";", 2)[0]);
    return version.equalsIgnoreCase(tags.values().get("v"));
  }

  Optional<String> get(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /** The tags that are none of those known. */
  List<String> unknown(Set<String> known) {
    return values.keySet().stream().filter(name -> !known.contains(name)).toList();
  }
}
