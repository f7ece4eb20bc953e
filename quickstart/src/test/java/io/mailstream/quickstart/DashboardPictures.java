package io.mailstream.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A program that draws the dashboards as SVG, each panel with what its queries have in a
 * Prometheus: for docs/dashboards.md, and to see a dashboard where there is no Grafana. Arguments:
 * the URL of the Prometheus, the first and the last second since the epoch, and the directory of
 * the pictures.
 */
final class DashboardPictures {

  private static final Path DASHBOARDS = Path.of("../helm/mailstream/dashboards");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern LEGEND = Pattern.compile("\\{\\{(\\w+)}}");
  private static final int POINTS = 150;
  private static final int WIDTH = 420;
  private static final int HEIGHT = 230;
  private static final int PLOT_LEFT = 48;
  private static final int PLOT_TOP = 28;
  private static final int PLOT_WIDTH = WIDTH - PLOT_LEFT - 14;
  private static final int PLOT_HEIGHT = 120;
  private static final int MOST_LEGENDS = 8;
  private static final String[] COLOURS = {
    "#3274d9", "#e0752d", "#56a64b", "#a352cc", "#e02f44", "#0aa2a2", "#b8860b", "#8f8f8f"
  };

  private final HttpClient http = HttpClient.newHttpClient();
  private final String url;
  private final long from;
  private final long to;

  private record Line(String name, List<double[]> points) {}

  private DashboardPictures(String url, long from, long to) {
    this.url = url;
    this.from = from;
    this.to = to;
  }

  public static void main(String[] args) throws Exception {
    DashboardPictures pictures =
        new DashboardPictures(args[0], Long.parseLong(args[1]), Long.parseLong(args[2]));
    try (Stream<Path> files = Files.list(DASHBOARDS)) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString().replace(".json", ".svg");
        Files.writeString(
            Path.of(args[3]).resolve(name), pictures.draw(JSON.readTree(file.toFile())));
      }
    }
  }

  private String draw(JsonNode dashboard) throws IOException, InterruptedException {
    StringBuilder svg = new StringBuilder();
    int number = 0;
    for (JsonNode panel : dashboard.get("panels")) {
      int x = number % 3 * WIDTH;
      int y = 34 + number / 3 * HEIGHT;
      svg.append("<g transform=\"translate(%d %d)\">%n".formatted(x, y));
      panel(svg, panel);
      svg.append("</g>\n");
      number++;
    }
    int height = 34 + (number + 2) / 3 * HEIGHT;
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" font-family="sans-serif" font-size="10">
    <rect width="%1$d" height="%2$d" fill="#f4f5f5"/>
    <text x="8" y="22" font-size="16">%3$s (%4$s to %5$s)</text>
    %6$s</svg>
    """
        .formatted(
            3 * WIDTH,
            height,
            text(dashboard.get("title").asText()),
            Instant.ofEpochSecond(from),
            Instant.ofEpochSecond(to),
            svg);
  }

  private void panel(StringBuilder svg, JsonNode panel) throws IOException, InterruptedException {
    List<Line> lines = new ArrayList<>();
    for (JsonNode target : panel.get("targets")) {
      lines.addAll(ask(target.get("expr").asText(), target.get("legendFormat").asText()));
    }
    String unit = panel.at("/fieldConfig/defaults/unit").asText();
    List<Double> limits = new ArrayList<>();
    panel
        .at("/fieldConfig/defaults/thresholds/steps")
        .forEach(step -> {
          if (step.get("value").isNumber()) {
            limits.add(step.get("value").asDouble());
          }
        });
    double top =
        Math.max(
            lines.stream().flatMap(l -> l.points.stream()).mapToDouble(p -> p[1]).max().orElse(0),
            limits.stream().mapToDouble(Double::doubleValue).max().orElse(0));
    top = top <= 0 ? 1 : top * 1.1;
    svg.append(
        "<rect x=\"4\" y=\"4\" width=\"%d\" height=\"%d\" fill=\"#fff\" stroke=\"#d8d9da\"/>%n"
            .formatted(WIDTH - 8, HEIGHT - 8));
    svg.append(
        "<text x=\"12\" y=\"20\" font-weight=\"bold\">%s</text>%n"
            .formatted(text(panel.get("title").asText())));
    for (int i = 0; i <= 4; i++) {
      double y = PLOT_TOP + PLOT_HEIGHT - PLOT_HEIGHT * i / 4.0;
      svg.append(
          String.format(
              Locale.ROOT,
              "<path d=\"M%d %.1fh%d\" stroke=\"#e5e5e5\"/><text x=\"%d\" y=\"%.1f\""
                  + " text-anchor=\"end\" fill=\"#777\">%s</text>%n",
              PLOT_LEFT,
              y,
              PLOT_WIDTH,
              PLOT_LEFT - 4,
              y + 3,
              value(top * i / 4, unit)));
    }
    for (double limit : limits) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<path d=\"M%d %.1fh%d\" stroke=\"#e02f44\" stroke-dasharray=\"4 3\"/>%n",
              PLOT_LEFT,
              height(limit, top),
              PLOT_WIDTH));
    }
    if (lines.isEmpty()) {
      svg.append(
          "<text x=\"%d\" y=\"%d\" fill=\"#777\">no data</text>%n"
              .formatted(WIDTH / 2 - 20, PLOT_TOP + PLOT_HEIGHT / 2));
    }
    for (int i = 0; i < lines.size(); i++) {
      line(svg, lines.get(i), i, top);
    }
  }

  private void line(StringBuilder svg, Line line, int number, double top) {
    String colour = COLOURS[number % COLOURS.length];
    StringBuilder path = new StringBuilder();
    double last = Double.NEGATIVE_INFINITY;
    double step = (to - from) / (double) POINTS;
    for (double[] point : line.points) {
      double x = PLOT_LEFT + PLOT_WIDTH * (point[0] - from) / (to - from);
      path.append(
          String.format(
              Locale.ROOT,
              "%s%.1f %.1f",
              point[0] - last > 2 * step ? "M" : "L",
              x,
              height(point[1], top)));
      last = point[0];
    }
    svg.append("<path d=\"%s\" fill=\"none\" stroke=\"%s\"/>%n".formatted(path, colour));
    if (number < MOST_LEGENDS) {
      int x = 14 + number % 2 * (WIDTH / 2 - 8);
      int y = PLOT_TOP + PLOT_HEIGHT + 20 + number / 2 * 13;
      String name = line.name.length() > 34 ? line.name.substring(0, 33) + "…" : line.name;
      svg.append(
          "<path d=\"M%d %dh10\" stroke=\"%s\" stroke-width=\"2\"/><text x=\"%d\" y=\"%d\">%s</text>%n"
              .formatted(x, y - 3, colour, x + 14, y, text(name)));
    }
  }

  private List<Line> ask(String query, String legend) throws IOException, InterruptedException {
    String asked = query.replace("$__rate_interval", "10s").replace("$namespace", ".*");
    String path =
        "/api/v1/query_range?query=%s&start=%d&end=%d&step=%.3f"
            .formatted(
                URLEncoder.encode(asked, StandardCharsets.UTF_8),
                from,
                to,
                (to - from) / (double) POINTS);
    JsonNode answer =
        JSON.readTree(
            http.send(
                    HttpRequest.newBuilder(URI.create(url + path)).build(),
                    HttpResponse.BodyHandlers.ofString())
                .body());
    if (!answer.path("status").asText().equals("success")) {
      throw new IOException("%s: %s".formatted(query, answer));
    }
    List<Line> lines = new ArrayList<>();
    for (JsonNode series : answer.at("/data/result")) {
      String name =
          LEGEND
              .matcher(legend)
              .replaceAll(label ->
                  Matcher.quoteReplacement(series.get("metric").path(label.group(1)).asText("")));
      List<double[]> points = new ArrayList<>();
      for (JsonNode value : series.get("values")) {
        double number = Double.parseDouble(value.get(1).asText().replace("Inf", "Infinity"));
        if (Double.isFinite(number)) {
          points.add(new double[] {value.get(0).asDouble(), number});
        }
      }
      if (!points.isEmpty()) {
        lines.add(new Line(name, points));
      }
    }
    return lines;
  }

  private static double height(double value, double top) {
    return PLOT_TOP + PLOT_HEIGHT - PLOT_HEIGHT * Math.min(1, Math.max(0, value / top));
  }

  private static String value(double value, String unit) {
    return switch (unit) {
      case "percentunit" ->
          String.format(Locale.ROOT, value < 0.02 ? "%.2f %%" : "%.0f %%", 100 * value);
      case "s" -> String.format(Locale.ROOT, value < 10 ? "%.2f s" : "%.0f s", value);
      default -> String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
    };
  }

  private static String text(String plain) {
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
