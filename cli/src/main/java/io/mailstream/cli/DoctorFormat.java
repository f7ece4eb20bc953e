package io.mailstream.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mailstream.dns.doctor.Check;
import io.mailstream.dns.doctor.Finding;
import io.mailstream.dns.doctor.Publish;
import io.mailstream.dns.doctor.Severity;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** The findings of an examination, for people or for programs. */
final class DoctorFormat {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String INDENT = "             ";

  private DoctorFormat() {}

  /** For people: by check, each finding with why and what to do, and a line that sums up. */
  static void print(String domain, List<Finding> findings, Terminal terminal) {
    Check before = null;
    for (Finding finding : findings) {
      if (finding.check() != before) {
        before = finding.check();
        terminal.out().println(before.title());
      }
      print(finding, terminal);
    }
    terminal
        .out()
        .printf(
            "%s: %s, %s, %s%n",
            domain,
            count(findings, Severity.ERROR, "error"),
            count(findings, Severity.WARNING, "warning"),
            count(findings, Severity.UNKNOWN, "not looked up"));
  }

  private static String count(List<Finding> findings, Severity severity, String name) {
    long count = findings.stream().filter(finding -> finding.severity() == severity).count();
    boolean plural = count != 1 && severity != Severity.UNKNOWN;
    return "%d %s%s".formatted(count, name, plural ? "s" : "");
  }

  private static void print(Finding finding, Terminal terminal) {
    PrintWriter out = terminal.out();
    String severity = "  %-9s".formatted(name(finding.severity()));
    out.println(
        colour(finding.severity(), severity, terminal)
            + "  "
            + ResultFormat.printable(finding.found()));
    if (!finding.why().isEmpty()) {
      out.println(INDENT + "why: " + ResultFormat.printable(finding.why()));
    }
    if (!finding.fix().isEmpty()) {
      out.println(INDENT + "do:  " + ResultFormat.printable(finding.fix()));
    }
    for (Publish record : finding.publish()) {
      out.println(
          INDENT
              + "     "
              + ResultFormat.printable(
                  "%s. %s %s".formatted(record.name(), record.type(), zoneFile(record))));
    }
  }

  /** The value as in a zone file; a text is cut where a string may not be longer. */
  private static String zoneFile(Publish record) {
    if (!record.type().equals("TXT")) {
      return record.value();
    }
    String escaped = record.value().replace("\\", "\\\\").replace("\"", "\\\"");
    return "\"" + escaped.replaceAll("(.{250})(?=.)", "$1\" \"") + "\"";
  }

  private static String name(Severity severity) {
    return severity.name().toLowerCase(Locale.ROOT);
  }

  private static String colour(Severity severity, String text, Terminal terminal) {
    return switch (severity) {
      case OK -> terminal.in(Terminal.Colour.GREEN, text);
      case NOTE -> text;
      case WARNING, UNKNOWN -> terminal.in(Terminal.Colour.YELLOW, text);
      case ERROR -> terminal.in(Terminal.Colour.RED, text);
    };
  }

  /** For programs: the domain and every finding with its fields. */
  static String json(String domain, List<Finding> findings) {
    ObjectNode all = JSON.createObjectNode();
    all.put("domain", domain);
    ArrayNode array = all.putArray("findings");
    for (Finding finding : findings) {
      ObjectNode object = array.addObject();
      object.put("check", finding.check().name());
      object.put("severity", finding.severity().name());
      object.put("found", finding.found());
      object.put("why", finding.why());
      object.put("fix", finding.fix());
      ArrayNode publish = object.putArray("publish");
      finding
          .publish()
          .forEach(record ->
              publish
                  .addObject()
                  .put("name", record.name())
                  .put("type", record.type())
                  .put("value", record.value()));
    }
    try {
      return JSON.writeValueAsString(all);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree is always JSON", e);
    }
  }
}
