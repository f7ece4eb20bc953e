package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.policy.Policies;
import io.mailstream.policy.PolicyLoader;
import io.mailstream.schemas.UnsubscribeTokens;
import io.mailstream.schemas.UnsubscribeTokens.Subscription;
import io.mailstream.sender.mime.Composition;
import io.mailstream.sender.mime.MessageParts;
import io.mailstream.sender.mime.MimeComposer;
import io.mailstream.sender.provider.Deliveries;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Header;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class UnsubscribeHeadersTest {

  private static final String URL = "https://mail.example.com/unsubscribe";
  private static final UnsubscribeTokens TOKENS =
      UnsubscribeTokens.of("1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
  private static final Policies POLICIES =
      PolicyLoader.load(
          """
          accounts: {main: {provider: ses}}
          tenants:
            acme:
              from_domains: "*"
              streams: {news: {subscription: true}, receipts: {}}
          default_tenant: {from_domains: "*", other_streams: {subscription: true}}
          """);
  private static final Pattern LINK = Pattern.compile("<" + URL + "/([A-Za-z0-9_-]+)>");

  private final UnsubscribeHeaders headers = headers(Optional.empty());

  private static UnsubscribeHeaders headers(Optional<String> mailto) {
    return new UnsubscribeHeaders(
        POLICIES, new UnsubscribeSettings(URL, mailto, Duration.ofDays(400), TOKENS));
  }

  private static Delivery.Builder news() {
    return Deliveries.rich().setStream("news");
  }

  @Test
  void aMailOfASubscriptionSaysHowToEndIt() {
    Delivery with = headers.on(news().build());

    assertThat(with.getHeaders())
        .extracting(Header::getName)
        .containsExactly("List-Id", "X-City", "List-Unsubscribe", "List-Unsubscribe-Post");
    assertThat(with.getHeaders().getLast().getValue()).isEqualTo("List-Unsubscribe=One-Click");
    Matcher link = LINK.matcher(with.getHeaders().get(2).getValue());
    assertThat(link.matches()).isTrue();
    assertThat(TOKENS.open(link.group(1)))
        .hasValue(
            new Subscription(
                "acme",
                "news",
                "blind@müller.example",
                Instant.parse("2026-11-21T10:15:30Z").plus(Duration.ofDays(400))));
  }

  @Test
  void nothingElseOfItChangesAndTheDeliveryItselfDoesNot() {
    Delivery delivery = news().build();
    Delivery before = Delivery.newBuilder(delivery).build();
    Delivery with = headers.on(delivery);

    assertThat(delivery).isEqualTo(before);
    with.setHeaders(delivery.getHeaders());
    assertThat(with).isEqualTo(delivery);
  }

  @Test
  void aRepeatedAttemptIsTheSameMail() {
    assertThat(message(headers.on(news().setAttempt(3).build())))
        .isEqualTo(message(headers.on(news().build())));
  }

  @Test
  void othersAreLeftAlone() {
    Delivery receipt = Deliveries.rich().build();
    Delivery unknown = news().setTenant("acme").setStream("none").build();

    assertThat(headers.on(receipt)).isSameAs(receipt);
    assertThat(headers.on(unknown)).isSameAs(unknown);
    assertThat(headers.on(news().setTenant("else").setStream("any").build()).getHeaders())
        .hasSize(4);
  }

  @Test
  void aRequestsOwnFieldsStand() {
    for (String name : List.of("list-unsubscribe", "LIST-UNSUBSCRIBE-POST")) {
      Delivery own =
          news()
              .setHeaders(
                  List.of(Header.newBuilder().setName(name).setValue("<mailto:a@b.c>").build()))
              .build();

      assertThat(headers.on(own)).isSameAs(own);
    }
  }

  @Test
  void byMailTooWhereThatIsSet() {
    Delivery with = headers(Optional.of("stop@example.com")).on(news().build());
    String value = with.getHeaders().get(2).getValue();
    Matcher link = LINK.matcher(value);

    assertThat(link.find()).isTrue();
    assertThat(value)
        .isEqualTo(link.group() + ", <mailto:stop@example.com?subject=" + link.group(1) + ">");
  }

  /** Where the ESP writes the message, and where we do: unfolded, the link is whole. */
  @Test
  void itGoesOutByEveryWay() {
    Delivery with = headers(Optional.of("stop@example.com")).on(news().build());
    String value = with.getHeaders().get(2).getValue();

    MessageParts parts = (MessageParts) MessageParts.of(with, Set.of("X-SG-"), 1 << 20);
    assertThat(parts.headers())
        .containsEntry("List-Unsubscribe", value)
        .containsEntry("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
    assertThat(message(with).replace("\r\n ", " "))
        .contains("List-Unsubscribe: " + value + "\r\n")
        .contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
  }

  @Test
  void theLongestThereIsFitsIntoItsLine() {
    UnsubscribeHeaders longest =
        new UnsubscribeHeaders(
            POLICIES,
            new UnsubscribeSettings(
                "https://" + "h".repeat(92), Optional.empty(), Duration.ofDays(400), TOKENS));
    String name = "n".repeat(128);
    Delivery with =
        longest.on(
            Deliveries.to("l".repeat(64) + "@" + "d.".repeat(93) + "ee")
                .setTenant(name)
                .setStream(name)
                .build());

    assertThat(message(with).lines()).anyMatch(line -> line.startsWith("List-Unsubscribe: <"));
  }

  private static String message(Delivery delivery) {
    Composition composition = new MimeComposer("X-SES-", 1 << 20).compose(delivery);
    assertThat(composition).isInstanceOf(Composition.Message.class);
    return new String(((Composition.Message) composition).bytes(), StandardCharsets.US_ASCII);
  }
}
