package io.mailstream.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mailstream.v1.AccountState;
import io.mailstream.v1.AccountStatus;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What follows from the words of several senders. */
class AccountWordsTest {

  private static final long NOW = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();
  private static final double CLOSE = 1e-6;

  private final AccountWords words = new AccountWords();

  @Test
  void nothingIsKnownOfAnAccountThatNobodySpeaksOf() {
    assertThat(words.isOpen("main", NOW)).isTrue();
    assertThat(words.perSecond("main", NOW)).isInfinite();
  }

  @Test
  void theSendersTogetherTakeWhatEachTakes() {
    say("a", AccountStatus.SLOWED, 3.0, null);
    say("b", AccountStatus.OPEN, 7.0, null);
    assertThat(words.perSecond("main", NOW)).isCloseTo(10 * AccountWords.HEADROOM, within(CLOSE));
    assertThat(words.perSecond("spare", NOW)).isInfinite();
  }

  @Test
  void oneThatTakesAllItGetsTakesAll() {
    say("a", AccountStatus.SLOWED, 3.0, null);
    say("b", AccountStatus.OPEN, null, null);
    assertThat(words.perSecond("main", NOW)).isInfinite();
  }

  @Test
  void oneWithoutMailSaysNothingOfTheRate() {
    say("a", AccountStatus.SLOWED, 3.0, null);
    say("b", AccountStatus.OPEN, 0.0, null);
    assertThat(words.perSecond("main", NOW)).isCloseTo(3 * AccountWords.HEADROOM, within(CLOSE));
    words.withdrawn("main", "a");
    assertThat(words.perSecond("main", NOW)).isInfinite();
  }

  @Test
  void aQuotaNearItsEndIsSpread() {
    say("a", AccountStatus.OPEN, 100.0, 80.0);
    say("b", AccountStatus.OPEN, 100.0, 120.0);
    assertThat(words.perSecond("main", NOW)).isCloseTo(2, within(CLOSE));
    say("a", AccountStatus.OPEN, 100.0, 1e9);
    say("b", AccountStatus.OPEN, 100.0, 1e9);
    assertThat(words.perSecond("main", NOW)).isCloseTo(200 * AccountWords.HEADROOM, within(CLOSE));
  }

  @Test
  void aWordOnRateAndQuotaAges() {
    say("a", AccountStatus.SLOWED, 3.0, 80.0);
    long old = NOW + AccountWords.COUNTS.toMillis();
    assertThat(words.perSecond("main", old - 1)).isFinite();
    assertThat(words.perSecond("main", old)).isInfinite();
  }

  @Test
  void anyCanCloseItUntilItsTime() {
    say("a", AccountStatus.OPEN, null, null);
    assertThat(words.said("main", "b", state("b", AccountStatus.PARKED, null, null, NOW + 1_000)))
        .as("it closes it")
        .isTrue();
    assertThat(words.isOpen("main", NOW)).isFalse();
    assertThat(words.isOpen("main", NOW + 1_000)).isTrue();
    assertThat(words.said("main", "b", state("b", AccountStatus.OPEN, null, null, null)))
        .as("it opens it")
        .isTrue();
    assertThat(words.isOpen("main", NOW)).isTrue();
    assertThat(words.withdrawn("main", "b")).isFalse();
  }

  private void say(String instance, AccountStatus status, Double rate, Double quota) {
    words.said("main", instance, state(instance, status, rate, quota, null));
  }

  private static AccountState state(
      String instance, AccountStatus status, Double rate, Double quota, Long until) {
    return AccountState.newBuilder()
        .setAccount("main")
        .setInstance(instance)
        .setProvider("ses")
        .setStatus(status)
        .setUntil(until == null ? null : Instant.ofEpochMilli(until))
        .setRatePerSecond(rate)
        .setQuotaLeft(quota)
        .setAt(Instant.ofEpochMilli(NOW))
        .build();
  }
}
