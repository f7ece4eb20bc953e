package io.mailstream.webhook.unsubscribe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages as text and, where Chromium is installed, as people see them. */
class UnsubscribePageTest {

  private static final int BUTTON = 0x0b57d0;

  /** What a finger needs, by WCAG 2.2 (2.5.5), in CSS pixels. */
  private static final int FINGER = 44;

  @TempDir private static Path directory;
  private static HttpServer server;

  /** The page with its headers, since the policy decides whether the style is taken. */
  @BeforeAll
  static void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] html = UnsubscribePage.ASK.html().getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "text/html; charset=UTF-8");
          exchange
              .getResponseHeaders()
              .set("Content-Security-Policy", UnsubscribePage.CONTENT_SECURITY_POLICY);
          exchange.sendResponseHeaders(200, html.length);
          exchange.getResponseBody().write(html);
          exchange.close();
        });
    server.start();
  }

  @AfterAll
  static void stop() {
    server.stop(0);
  }

  private static Chromium chromium() {
    Optional<Chromium> found = Chromium.find(directory);
    assumeTrue(
        found.isPresent(),
        "no Chromium on the PATH: install it (Debian: chromium) to see the page in a browser");
    return found.get();
  }

  private static String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/unsubscribe/token";
  }

  @ParameterizedTest
  @EnumSource(UnsubscribePage.class)
  void everyPageHasWhatAScreenReaderNeeds(UnsubscribePage page) {
    String html = page.html();

    assertAccessible(html);
    assertThat(html).doesNotContain("<script", "http:", "https:", "%s", "%1");
    assertThat(count("<form", html)).isEqualTo(page == UnsubscribePage.ASK ? 1 : 0);
  }

  @Test
  void onlyWhatWasWrittenSaysThatItIsDone() {
    for (UnsubscribePage page : UnsubscribePage.values()) {
      assertThat(page.html().contains("You are unsubscribed"))
          .isEqualTo(page == UnsubscribePage.DONE);
      assertThat(page.status() < 300)
          .isEqualTo(page == UnsubscribePage.DONE || page == UnsubscribePage.ASK);
    }
  }

  @Test
  void aBrowserFindsTheSameStructure() throws Exception {
    String dom = chromium().dom(url());

    assertAccessible(dom);
    assertThat(dom)
        .containsPattern("<form method=\"post\">\\s*<input type=\"hidden\"")
        .containsPattern("<button type=\"submit\">Unsubscribe</button>\\s*</form>");
  }

  /** A phone's width and a desktop's. */
  @ParameterizedTest
  @ValueSource(ints = {360, 1280})
  void itFitsAndItsButtonCanBeHit(int width) throws Exception {
    BufferedImage seen = chromium().screenshot(url(), width, 720);
    int background = seen.getRGB(0, 0) & 0xffffff;

    Box button = Box.of(seen, rgb -> rgb == BUTTON);
    assertThat(button.height()).as("the style is taken").isGreaterThanOrEqualTo(FINGER);
    assertThat(button.width()).isGreaterThan(2 * FINGER);
    Box content = Box.of(seen, rgb -> rgb != background);
    assertThat(content.left()).as("nothing is cut off").isGreaterThanOrEqualTo(12);
    assertThat(content.right()).as("nothing is cut off").isLessThanOrEqualTo(width - 12);
    assertThat(content.bottom()).as("all of it is seen at once").isLessThan(700);
    assertThat(content.width()).as("lines are not too long to read").isLessThanOrEqualTo(576);
    assertThat(button.top()).as("text stands above").isGreaterThan(content.top() + 40);
  }

  private static void assertAccessible(String html) {
    assertThat(html).contains("<html lang=\"en\">", "width=device-width, initial-scale=1");
    assertThat(html).doesNotContain("user-scalable", "maximum-scale", "<img");
    assertThat(count("<main>", html)).isEqualTo(1);
    assertThat(count("<h1>", html)).isEqualTo(1);
    Matcher title = Pattern.compile("<title>(.+)</title>").matcher(html);
    Matcher heading = Pattern.compile("<h1>(.+)</h1>").matcher(html);
    assertThat(title.find() && heading.find()).isTrue();
    assertThat(heading.group(1)).isEqualTo(title.group(1));
  }

  private static int count(String what, String in) {
    return in.split(Pattern.quote(what), -1).length - 1;
  }

  /** The smallest box around the pixels of a kind. */
  private record Box(int left, int top, int right, int bottom) {

    static Box of(BufferedImage image, IntPredicate isOne) {
      int left = image.getWidth();
      int top = image.getHeight();
      int right = 0;
      int bottom = 0;
      for (int y = 0; y < image.getHeight(); y++) {
        for (int x = 0; x < image.getWidth(); x++) {
          if (isOne.test(image.getRGB(x, y) & 0xffffff)) {
            left = Math.min(left, x);
            top = Math.min(top, y);
            right = Math.max(right, x + 1);
            bottom = Math.max(bottom, y + 1);
          }
        }
      }
      return new Box(left, top, right, bottom);
    }

    int width() {
      return right - left;
    }

    int height() {
      return bottom - top;
    }
  }
}
