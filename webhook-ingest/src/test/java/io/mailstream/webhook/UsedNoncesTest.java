package io.mailstream.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.webhook.UsedNonces.Claim;
import io.mailstream.webhook.provider.Nonce;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UsedNoncesTest {

  private static final Instant END = Instant.parse("2026-11-21T22:00:00Z");
  private static final Nonce NONCE = nonce('a', 'b');
  private static final Nonce SAME_TOKEN = nonce('a', 'c');

  private final UsedNonces nonces = new UsedNonces();

  @BeforeEach
  void readToTheEnd() {
    nonces.setComplete(true);
  }

  @Test
  void aNonceIsForOneBody() {
    assertThat(nonces.claim(NONCE)).isEqualTo(Claim.GRANTED);
    nonces.use(NONCE);

    assertThat(nonces.claim(NONCE)).isEqualTo(Claim.REPEATED);
    assertThat(nonces.claim(SAME_TOKEN)).isEqualTo(Claim.REPLAYED);
    assertThat(nonces.claim(nonce('d', 'b'))).isEqualTo(Claim.GRANTED);
  }

  @Test
  void whileItIsInUseNothingIsSaid() {
    nonces.claim(NONCE);

    assertThat(nonces.claim(NONCE)).isEqualTo(Claim.UNDECIDED);
    assertThat(nonces.claim(SAME_TOKEN)).isEqualTo(Claim.UNDECIDED);
  }

  @Test
  void whatCameToNothingMayBeClaimedAgain() {
    nonces.claim(NONCE);
    nonces.release(NONCE);

    assertThat(nonces.claim(SAME_TOKEN)).isEqualTo(Claim.GRANTED);
  }

  @Test
  void whatOthersUsedIsUsed() {
    nonces.use(NONCE);

    assertThat(nonces.claim(NONCE)).isEqualTo(Claim.REPEATED);
    assertThat(nonces.claim(SAME_TOKEN)).isEqualTo(Claim.REPLAYED);
  }

  @Test
  void ofTwoUsesTheFirstCounts() {
    nonces.use(NONCE);
    nonces.use(SAME_TOKEN);

    assertThat(nonces.claim(NONCE)).isEqualTo(Claim.REPEATED);
  }

  @Test
  void whatOthersUsedMeanwhileIsNotReleased() {
    nonces.claim(NONCE);
    nonces.use(SAME_TOKEN);
    nonces.release(NONCE);

    assertThat(nonces.claim(NONCE)).isEqualTo(Claim.REPLAYED);
  }

  @Test
  void untilAllIsReadNothingIsGranted() {
    nonces.setComplete(false);

    assertThat(nonces.claim(NONCE)).isEqualTo(Claim.UNDECIDED);
  }

  @Test
  void whatIsTooOldIsForgotten() {
    nonces.use(NONCE);
    nonces.forget(END);
    assertThat(nonces.size()).isEqualTo(1);

    nonces.forget(END.plusMillis(1));
    assertThat(nonces.size()).isZero();
  }

  @Test
  void aRecordIsReadAsItWasWritten() {
    assertThat(NonceRecord.read(NonceRecord.key(NONCE), NonceRecord.value(NONCE))).contains(NONCE);
  }

  @Test
  void aForeignRecordIsPassedOver() {
    byte[] text = "hello".getBytes(StandardCharsets.UTF_8);

    assertThat(NonceRecord.read(null, text)).isEmpty();
    assertThat(NonceRecord.read(text, null)).isEmpty();
    assertThat(NonceRecord.read(text, NonceRecord.value(NONCE))).isEmpty();
    assertThat(NonceRecord.read(NonceRecord.key(NONCE), text)).isEmpty();
  }

  private static Nonce nonce(char id, char body) {
    return new Nonce(String.valueOf(id).repeat(64), String.valueOf(body).repeat(64), END);
  }
}
