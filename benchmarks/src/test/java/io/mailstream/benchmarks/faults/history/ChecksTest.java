package io.mailstream.benchmarks.faults.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.benchmarks.faults.history.History.Accepted;
import io.mailstream.benchmarks.faults.history.History.Dispatched;
import io.mailstream.benchmarks.faults.history.History.Ended;
import io.mailstream.benchmarks.faults.history.History.HandedBack;
import io.mailstream.benchmarks.faults.history.History.Limit;
import io.mailstream.benchmarks.faults.history.History.Loss;
import io.mailstream.benchmarks.faults.history.History.Origin;
import io.mailstream.benchmarks.faults.history.History.Sent;
import io.mailstream.benchmarks.faults.history.History.Status;
import io.mailstream.benchmarks.faults.history.History.Suppressed;
import io.mailstream.benchmarks.faults.history.History.Why;
import io.mailstream.benchmarks.faults.history.Violation.Kind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The checker by histories made by hand: each kind of fault is found, and nothing else is. */
class ChecksTest {

  private static final Id ADDRESS = Id.ofText("a@example.com");
  private static final Id DELIVERY = Id.ofText("delivery");
  private static final String SCOPE = "shop/receipts";
  private static final String ACCOUNT = "main";
  private static final Origin RECORD = new Origin(true, 1, 7);
  private static final Origin REPEAT = new Origin(false, 2, 9);

  private final History history = new History();

  private List<Kind> found() {
    return new Checker(new Checker.Bounds(Duration.ofMillis(2_000), 10, 2))
        .check(history).stream().map(Violation::kind).toList();
  }

  private void accept(Origin origin, boolean resends, boolean evidence) {
    history.add(new Accepted(origin, ADDRESS, DELIVERY, true, resends, evidence));
  }

  private void dispatch(int attempt, long at) {
    history.add(new Dispatched(DELIVERY, ADDRESS, SCOPE, attempt, at));
  }

  private void send(long at) {
    history.add(new Sent(DELIVERY, ADDRESS, ACCOUNT, at, at + 20, true));
  }

  private void handBack(int attempt, Why why) {
    history.add(new HandedBack(DELIVERY, attempt, why, 0));
  }

  private void end(Origin origin, Status status, long dispatchedAt, long at) {
    history.add(new Ended(origin, ADDRESS, DELIVERY, status, 1, 100, dispatchedAt, at));
  }

  /** Accepted, dispatched at 110, sent at 120, told at 130. */
  private void plain(boolean resends, boolean evidence) {
    accept(RECORD, resends, evidence);
    dispatch(1, 110);
    send(120);
    end(RECORD, Status.SENT, 110, 130);
  }

  @Test
  void aRightHistoryHasNoFault() {
    plain(false, true);
    accept(REPEAT, false, true);
    end(REPEAT, Status.DUPLICATE, 0, 125);
    Origin invalid = new Origin(true, 0, 0);
    Id refused = Id.ofText("refused");
    history.add(new Accepted(invalid, ADDRESS, refused, false, false, false));
    history.add(new Ended(invalid, ADDRESS, refused, Status.REJECTED, 0, 100, 0, 100));
    assertThat(found()).isEmpty();
  }

  @Test
  void whatIsSentAgainAsAskedAndLabelledIsRight() {
    accept(RECORD, true, false);
    dispatch(1, 110);
    send(120);
    handBack(1, Why.LEFT_UNCERTAIN);
    dispatch(2, 5_000);
    handBack(2, Why.NOT_TRIED);
    dispatch(2, 6_000);
    send(6_010);
    end(RECORD, Status.SENT, 6_000, 6_020);
    history.add(Loss.SENDER_KILLED);
    assertThat(found()).isEmpty();
  }

  @Test
  void aRequestWithoutAResultIsLost() {
    accept(RECORD, false, false);
    dispatch(1, 110);
    assertThat(found()).containsExactly(Kind.LOST);
  }

  @Test
  void whatIsHeldIsNotLost() {
    accept(RECORD, false, false);
    history.addHeld(DELIVERY);
    assertThat(found()).isEmpty();
  }

  @Test
  void recordsOfOneDeliveryMayExpireEach() {
    accept(RECORD, false, false);
    accept(REPEAT, false, false);
    end(RECORD, Status.EXPIRED, 0, 100);
    end(REPEAT, Status.EXPIRED, 0, 120);
    assertThat(found()).isEmpty();
  }

  @Test
  void mailThatIsToldToBeSentAndIsNotAtTheEspIsLost() {
    accept(RECORD, false, false);
    dispatch(1, 110);
    end(RECORD, Status.SENT, 110, 130);
    assertThat(found()).containsExactly(Kind.LOST);
  }

  @Test
  void aSecondSendThatNobodyAskedForIsDoubled() {
    plain(false, false);
    handBack(1, Why.LEFT_UNCERTAIN);
    history.add(Loss.SENDER_KILLED);
    send(140);
    assertThat(found()).containsExactly(Kind.DOUBLED);
  }

  @Test
  void withEvidenceEverySecondSendIsDoubled() {
    plain(true, true);
    handBack(1, Why.LEFT_UNCERTAIN);
    history.add(Loss.SENDER_KILLED);
    send(140);
    assertThat(found()).containsExactly(Kind.DOUBLED);
  }

  @Test
  void aSecondSendWithoutALabelIsFound() {
    plain(true, false);
    handBack(1, Why.RETRY);
    send(140);
    assertThat(found()).containsExactly(Kind.UNLABELLED);
  }

  @Test
  void oneLabelIsNotForTwoFurtherSends() {
    plain(true, false);
    handBack(1, Why.CALL_UNCERTAIN);
    handBack(1, Why.CALL_UNCERTAIN);
    send(140);
    send(150);
    assertThat(found()).containsExactly(Kind.UNLABELLED);
  }

  @Test
  void aSecondResultIsFound() {
    plain(false, false);
    end(RECORD, Status.DUPLICATE, 0, 140);
    assertThat(found()).containsExactly(Kind.SEVERAL_RESULTS);
  }

  @Test
  void aDeliveryThatEndsForTwoRecordsIsFound() {
    plain(false, false);
    accept(REPEAT, false, false);
    end(REPEAT, Status.SENT, 110, 140);
    assertThat(found()).containsExactly(Kind.SEVERAL_RESULTS);
  }

  @Test
  void aResultOfNothingIsFound() {
    plain(false, false);
    end(REPEAT, Status.DUPLICATE, 0, 140);
    assertThat(found()).containsExactly(Kind.WRONG_RESULT);
  }

  @Test
  void anInvalidRequestThatIsSentIsFound() {
    history.add(new Accepted(RECORD, ADDRESS, DELIVERY, false, false, false));
    dispatch(1, 110);
    send(120);
    end(RECORD, Status.SENT, 110, 130);
    assertThat(found()).containsExactly(Kind.WRONG_RESULT);
  }

  @Test
  void aSendThatItsResultDeniesIsFound() {
    accept(RECORD, false, false);
    dispatch(1, 110);
    send(120);
    end(RECORD, Status.FAILED, 110, 130);
    assertThat(found()).containsExactly(Kind.UNTOLD_SEND);
  }

  @Test
  void aSendThatNobodyAskedForIsFound() {
    history.add(new Sent(Id.ofText("who"), ADDRESS, ACCOUNT, 1, 2, true));
    assertThat(found()).containsExactly(Kind.UNTOLD_SEND);
  }

  @Test
  void aDispatchAfterASuppressionIsLate() {
    history.add(new Suppressed(ADDRESS, 109, 10_000));
    plain(false, false);
    assertThat(found()).containsExactly(Kind.LATE);
  }

  @Test
  void aCallIsLateFromTheBoundAfterTheCommitOn() {
    accept(RECORD, false, false);
    dispatch(1, 110);
    history.add(new Suppressed(ADDRESS, 110, 200));
    send(2_200);
    end(RECORD, Status.SENT, 110, 2_300);
    assertThat(found()).isEmpty();

    Id other = Id.ofText("other");
    history.add(new Accepted(REPEAT, ADDRESS, other, true, false, false));
    history.add(new Dispatched(other, ADDRESS, SCOPE, 1, 110));
    history.add(new Sent(other, ADDRESS, ACCOUNT, 2_201, 2_205, true));
    history.add(new Ended(REPEAT, ADDRESS, other, Status.SENT, 1, 100, 110, 2_300));
    assertThat(found()).containsExactly(Kind.LATE);
  }

  @Test
  void oneDispatchOverALimitIsFound() {
    history.limitStream(SCOPE, new Limit(10, 3));
    // Three at once, and one for each tenth of a second.
    for (long at : new long[] {1_000, 1_000, 1_000, 1_100, 1_200}) {
      many(at);
    }
    assertThat(found()).isEmpty();

    many(1_200);
    assertThat(found()).containsExactly(Kind.OVER_LIMIT);
  }

  @Test
  void anAccountOverItsLimitIsFoundBeyondWhatWasOpen() {
    history.limitAccount(ACCOUNT, new Limit(5, 5));
    // The burst, a second's worth, and ten open sends of each of two senders.
    for (int i = 0; i < 5 + 5 + 20; i++) {
      many(3_000);
    }
    assertThat(found()).isEmpty();

    many(3_100);
    assertThat(found()).containsExactly(Kind.OVER_LIMIT);
  }

  private int number;

  /** A delivery of its own that is dispatched, started and told at one time. */
  private void many(long at) {
    Id delivery = Id.ofText("many-" + ++number);
    Origin origin = new Origin(false, 0, number);
    history.add(new Accepted(origin, ADDRESS, delivery, true, false, false));
    history.add(new Dispatched(delivery, ADDRESS, SCOPE, 1, at));
    history.add(new Sent(delivery, ADDRESS, ACCOUNT, at, at, true));
    history.add(new Ended(origin, ADDRESS, delivery, Status.SENT, 1, at, at, at));
  }

  @Test
  void anAttemptThatIsDispatchedTwiceIsOutOfOrder() {
    accept(RECORD, false, false);
    dispatch(1, 105);
    plainRest();
    assertThat(found()).containsExactly(Kind.OUT_OF_ORDER);
  }

  @Test
  void aNextAttemptWithoutAReasonIsOutOfOrder() {
    accept(RECORD, false, false);
    dispatch(1, 105);
    dispatch(2, 110);
    send(120);
    end(RECORD, Status.SENT, 110, 130);
    assertThat(found()).containsExactly(Kind.OUT_OF_ORDER);
  }

  @Test
  void anAttemptBeforeTheOneBeforeItIsOutOfOrder() {
    accept(RECORD, false, false);
    handBack(1, Why.RETRY);
    dispatch(2, 105);
    plainRest();
    assertThat(found()).containsExactly(Kind.OUT_OF_ORDER);
  }

  @Test
  void aDispatchAfterTheResultIsOutOfOrder() {
    plain(false, false);
    handBack(1, Why.RETRY);
    dispatch(2, 200);
    assertThat(found()).containsExactly(Kind.OUT_OF_ORDER);
  }

  private void plainRest() {
    dispatch(1, 110);
    send(120);
    end(RECORD, Status.SENT, 110, 130);
  }

  @Test
  void moreUncertainThanMayBeOpenIsFound() {
    for (int i = 0; i < 10; i++) {
      history.add(new HandedBack(Id.ofText("u" + i), 1, Why.LEFT_UNCERTAIN, 0));
    }
    history.add(Loss.SENDER_KILLED);
    assertThat(found()).isEmpty();

    history.add(new HandedBack(Id.ofText("one more"), 1, Why.LEFT_UNCERTAIN, 0));
    assertThat(found()).containsExactly(Kind.TOO_MANY_UNCERTAIN);
  }
}
