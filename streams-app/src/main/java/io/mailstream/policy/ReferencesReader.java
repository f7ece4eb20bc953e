package io.mailstream.policy;

import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Reads where referenced content may lie: {@code references}. */
final class ReferencesReader {

  private static final int MAX_BYTES = 20 * 1024 * 1024;
  private static final int LARGEST_BYTES = 40 * 1024 * 1024;

  private ReferencesReader() {}

  static References read(PolicySection root) {
    try (PolicySection section = root.section("references")) {
      Set<URI> allowed = new LinkedHashSet<>();
      for (String text : section.texts("allowed")) {
        References.prefix(text)
            .ifPresentOrElse(
                allowed::add,
                () ->
                    section.fault(
                        section.path("allowed"),
                        "holds '%s': give %s".formatted(text, References.RULE)));
      }
      return new References(
          List.copyOf(allowed),
          section.get(
              "max_bytes",
              MAX_BYTES,
              PolicyValues.SIZE_RULE + ", at most " + LARGEST_BYTES,
              text -> PolicyValues.bytes(text).filter(size -> size <= LARGEST_BYTES)));
    }
  }
}
