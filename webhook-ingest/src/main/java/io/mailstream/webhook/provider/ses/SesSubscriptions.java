package io.mailstream.webhook.provider.ses;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailstream.v1.FeedbackEvent;
import io.mailstream.v1.FeedbackType;
import io.mailstream.webhook.provider.Json;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * What a recipient changed in SES's own contact list. Leaving all of it holds for the whole tenant,
 * leaving a topic for the stream of the mail whose link was used: topics of SES are not known here.
 */
final class SesSubscriptions {

  private SesSubscriptions() {}

  /** Empty where nothing changed that bears on mail. */
  static List<FeedbackEvent> read(SesMail mail, JsonNode subscription) {
    JsonNode before = subscription.path("oldTopicPreferences");
    JsonNode after = subscription.path("newTopicPreferences");
    boolean leftAllBefore = before.path("unsubscribeAll").asBoolean();
    boolean leftAll = after.path("unsubscribeAll").asBoolean();
    if (leftAll) {
      return widen(mail.forDestination(FeedbackType.UNSUBSCRIBED, subscription, null));
    }
    if (leftAllBefore) {
      return widen(mail.forDestination(FeedbackType.RESUBSCRIBED, subscription, null));
    }
    Set<String> outBefore = optedOut(before);
    Set<String> out = optedOut(after);
    if (!outBefore.containsAll(out)) {
      return mail.forDestination(FeedbackType.UNSUBSCRIBED, subscription, null);
    }
    return out.containsAll(outBefore)
        ? List.of()
        : mail.forDestination(FeedbackType.RESUBSCRIBED, subscription, null);
  }

  private static List<FeedbackEvent> widen(List<FeedbackEvent> events) {
    events.forEach(event -> event.setStream(null));
    return events;
  }

  private static Set<String> optedOut(JsonNode preferences) {
    return StreamSupport.stream(preferences.path("topicSubscriptionStatus").spliterator(), false)
        .filter(topic -> "OptOut".equals(Json.text(topic, "subscriptionStatus")))
        .map(topic -> String.valueOf(Json.text(topic, "topicName")))
        .collect(Collectors.toSet());
  }
}
