package io.mailstream.sender;

import io.mailstream.policy.Policies;
import io.mailstream.policy.StreamPolicy;
import io.mailstream.schemas.UnsubscribeTokens.Subscription;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Header;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.avro.Schema;

/**
 * Adds to a mail of a subscription the header fields by which its recipient ends it: {@code
 * List-Unsubscribe} (RFC 2369) and {@code List-Unsubscribe-Post} (RFC 8058).
 *
 * <p>A pure function of the delivery: a repeated attempt has the same link. A request that writes
 * one of the two fields itself keeps its own, and gets neither: RFC 2369 allows each once.
 */
final class UnsubscribeHeaders {

  private static final String LIST_UNSUBSCRIBE = "List-Unsubscribe";
  private static final String LIST_UNSUBSCRIBE_POST = "List-Unsubscribe-Post";
  private static final Set<String> FIELDS =
      Set.of(
          LIST_UNSUBSCRIBE.toLowerCase(Locale.ROOT),
          LIST_UNSUBSCRIBE_POST.toLowerCase(Locale.ROOT));

  private final Policies policies;
  private final UnsubscribeSettings settings;

  UnsubscribeHeaders(Policies policies, UnsubscribeSettings settings) {
    this.policies = policies;
    this.settings = settings;
  }

  /** The delivery with the fields, or as it is where it has no subscription. */
  Delivery on(Delivery delivery) {
    boolean isSubscription =
        policies.stream(delivery.getTenant(), delivery.getStream())
            .filter(StreamPolicy::isSubscription)
            .isPresent();
    boolean hasItsOwn =
        delivery.getHeaders().stream()
            .anyMatch(header -> FIELDS.contains(header.getName().toLowerCase(Locale.ROOT)));
    if (!isSubscription || hasItsOwn) {
      return delivery;
    }
    List<Header> headers = new ArrayList<>(delivery.getHeaders());
    headers.add(header(LIST_UNSUBSCRIBE, links(delivery)));
    headers.add(header(LIST_UNSUBSCRIBE_POST, "List-Unsubscribe=One-Click"));
    Delivery with = shallowCopy(delivery);
    with.setHeaders(headers);
    return with;
  }

  private String links(Delivery delivery) {
    String token =
        settings
            .tokens()
            .seal(
                new Subscription(
                    delivery.getTenant(),
                    delivery.getStream(),
                    delivery.getRecipient().getAddress(),
                    delivery
                        .getAcceptedAt()
                        .plus(settings.validity())
                        .truncatedTo(ChronoUnit.SECONDS)));
    String link = "<" + settings.url() + "/" + token + ">";
    return settings
        .mailto()
        .map(address -> link + ", <mailto:" + address + "?subject=" + token + ">")
        .orElse(link);
  }

  private static Header header(String name, String value) {
    return Header.newBuilder().setName(name).setValue(value).build();
  }

  /** The builder would copy every attachment. */
  private static Delivery shallowCopy(Delivery delivery) {
    Delivery copy = new Delivery();
    for (Schema.Field field : Delivery.getClassSchema().getFields()) {
      copy.put(field.pos(), delivery.get(field.pos()));
    }
    return copy;
  }
}
