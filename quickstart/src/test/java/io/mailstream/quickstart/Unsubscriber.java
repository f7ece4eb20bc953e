package io.mailstream.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.v1.Lane;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Somebody who gets a newsletter and ends it by the link in its header, as mail programs do. */
final class Unsubscriber {

  private static final Duration WITHIN = Duration.ofSeconds(30);
  private static final String ADDRESS = "success+reader@simulator.amazonses.com";
  private static final Pattern LINK = Pattern.compile("List-Unsubscribe: <(http[^>]+)>");

  private final LocalSystem system;
  private final ForeignClient results;

  Unsubscriber(LocalSystem system) {
    this.system = system;
    this.results = new ForeignClient(system);
  }

  void endTheNewsletter() throws Exception {
    try (MailClient mails =
            new MailClient(system.bootstrapServers(), system.registryUrl(), system.topics());
        ApiClient api = new ApiClient(system.apiUrl());
        HttpClient http = HttpClient.newHttpClient()) {
      assertThat(sent(mails, "reader-1", "newsletter")).isEqualTo("SENT");
      URI link = link();

      assertThat(http.send(HttpRequest.newBuilder(link).build(), text()).body())
          .contains("Stop these mails?");
      assertThat(sent(mails, "reader-2", "newsletter"))
          .as("a page changes nothing")
          .isEqualTo("SENT");

      HttpResponse<String> done = http.send(oneClick(link), text());
      assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
      assertThat(done.body()).contains("You are unsubscribed");
      assertThat(api.awaitSuppressed(ADDRESS, "tenant=demo&stream=newsletter", WITHIN)).isPresent();
      assertThat(sent(mails, "reader-3", "newsletter")).isEqualTo("REJECTED");
      assertThat(sent(mails, "reader-4", "receipts")).as("another stream").isEqualTo("SENT");
    }
  }

  private String sent(MailClient mails, String id, String stream) throws Exception {
    mails.send(Lane.TRANSACTIONAL, MailClient.request("reader", id, stream, ADDRESS));
    return results.status(system.topics().results(), id, WITHIN).orElse("no result");
  }

  private URI link() {
    String message =
        system.ses().inbox().mails(mail -> mail.recipients().equals(List.of(ADDRESS))).stream()
            .findFirst()
            .flatMap(mail -> mail.raw())
            .map(raw -> new String(raw, StandardCharsets.UTF_8).replace("\r\n ", " "))
            .orElseThrow();
    Matcher link = LINK.matcher(message);
    assertThat(link.find()).as(message).isTrue();
    assertThat(message).contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click");
    return URI.create(link.group(1));
  }

  private static HttpRequest oneClick(URI link) {
    return HttpRequest.newBuilder(link)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString("List-Unsubscribe=One-Click"))
        .build();
  }

  private static HttpResponse.BodyHandler<String> text() {
    return HttpResponse.BodyHandlers.ofString();
  }
}
