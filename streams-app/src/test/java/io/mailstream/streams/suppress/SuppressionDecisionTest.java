package io.mailstream.streams.suppress;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.store.SuppressionState;
import io.mailstream.v1.Suppression;
import io.mailstream.v1.SuppressionEntry;
import io.mailstream.v1.SuppressionReason;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuppressionDecisionTest {

  private static final long NOW = Events.NOW;

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-, -, shop, news, true",
        "-, -, -, -, true",
        "shop, -, shop, news, true",
        "shop, -, club, news, false",
        "shop, -, -, -, false",
        "shop, news, shop, news, true",
        "shop, news, shop, receipts, false",
        "shop, news, club, news, false",
        "shop, news, shop, -, false"
      })
  void anEntryReachesAsFarAsItsScope(
      String entryTenant, String entryStream, String tenant, String stream, boolean found) {
    assertThat(
            SuppressionDecision.find(
                List.of(entry(entryTenant, entryStream, null)), tenant, stream, NOW))
        .matches(entry -> entry.isPresent() == found);
  }

  @Test
  void anEntryEndsAtItsTime() {
    List<SuppressionEntry> entries = List.of(entry(null, null, Instant.ofEpochMilli(NOW)));

    assertThat(SuppressionDecision.find(entries, "shop", "news", NOW - 1)).isPresent();
    assertThat(SuppressionDecision.find(entries, "shop", "news", NOW)).isEmpty();
  }

  @Test
  void theWidestEntryIsNamed() {
    SuppressionEntry everything = entry(null, null, null);
    List<SuppressionEntry> entries =
        List.of(entry("shop", "news", null), everything, entry("shop", null, null));

    assertThat(SuppressionDecision.find(entries, "shop", "news", NOW)).contains(everything);
  }

  @Test
  void nothingKnownSuppressesNothing() {
    assertThat(SuppressionDecision.find((SuppressionState) null, "shop", "news", NOW)).isEmpty();
    assertThat(SuppressionDecision.find((Suppression) null, "shop", "news", NOW)).isEmpty();
  }

  @Test
  void theDetailSaysWhyHowFarAndSinceWhen() {
    assertThat(SuppressionDecision.describe(entry("shop", "news", Instant.ofEpochMilli(NOW))))
        .contains("HARD_BOUNCE", "stream 'news' of tenant 'shop'", "2026-11-21T09:59:59", "e1")
        .contains("until 2026-11-21T10:00:00Z")
        .doesNotContain("jane");
  }

  private static SuppressionEntry entry(String tenant, String stream, Instant expiresAt) {
    return SuppressionEntry.newBuilder()
        .setTenant(tenant)
        .setStream(stream)
        .setReason(SuppressionReason.HARD_BOUNCE)
        .setSourceEventId("e1")
        .setCreatedAt(Instant.ofEpochMilli(NOW - 1000))
        .setExpiresAt(expiresAt)
        .setNote("550 5.1.1 <jane@example.com> unknown")
        .build();
  }
}
