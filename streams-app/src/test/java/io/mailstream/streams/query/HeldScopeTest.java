package io.mailstream.streams.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.streams.query.HoldReads.Flow;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is held is summed up for everybody who may be asked about it. */
class HeldScopeTest {

  private static final String OLD = "2026-11-21T10:00:00Z";
  private static final String YOUNG = "2026-11-21T10:00:30.500Z";
  private static final Instant NOW = Instant.parse("2026-11-21T10:01:00Z");

  @Test
  void aMailCountsInEachOfItsScopes() {
    List<HeldScope> scopes =
        HeldScope.of(
            List.of(
                new Flow("acme", "news", "main", "gmail", "bulk", YOUNG, 5, true, 1),
                new Flow("acme", "news", "main", null, "bulk", OLD, 7, true, 2),
                new Flow("acme", "codes", "other", "gmail", "transactional", YOUNG, 1, false, 1)),
            NOW);

    assertThat(scopes)
        .containsExactly(
            new HeldScope("tenant", "acme", null, null, null, 13, false, OLD, 60),
            new HeldScope("stream", "acme", "news", null, null, 12, true, OLD, 60),
            new HeldScope("stream", "acme", "codes", null, null, 1, false, YOUNG, 29),
            new HeldScope("account", null, null, "main", null, 12, true, OLD, 60),
            new HeldScope("account", null, null, "other", null, 1, false, YOUNG, 29),
            new HeldScope("domain", null, null, "main", "gmail", 5, true, YOUNG, 29),
            new HeldScope("domain", null, null, "other", "gmail", 1, false, YOUNG, 29));
  }

  @Test
  void whereNothingWaitsThereAreNone() {
    assertThat(HeldScope.of(List.of(), NOW)).isEmpty();
  }
}
