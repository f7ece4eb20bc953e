package io.mailstream.embedded.ses;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What the simulator accepted and refused. Memory is bounded: all sends are counted, by delivery id
 * too, but only the newest mails are kept whole.
 */
public final class Inbox {

  private static final int MAX_RAW_BYTES = 32 * 1024 * 1024;
  private static final int SECONDS_KEPT = 3_600;

  private final int keptMails;
  private final DeliveryCounts deliveries = new DeliveryCounts();
  private final Deque<ReceivedMail> mails = new ArrayDeque<>();
  private final Map<SesFault, Long> faults = new EnumMap<>(SesFault.class);
  private final TreeMap<Long, Integer> acceptedBySecond = new TreeMap<>();
  private long accepted;
  private long recipients;
  private long unanswered;
  private long invalid;
  private long rawBytes;

  /**
   * The counters.
   *
   * @param accepted calls that were accepted
   * @param recipients recipients of those
   * @param unanswered those of them whose caller was not told
   * @param invalid calls that were no proper request
   * @param deliveries distinct delivery ids accepted
   * @param repeatedDeliveries delivery ids accepted more than once
   * @param faults calls that were failed, by kind
   */
  public record Counts(
      long accepted,
      long recipients,
      long unanswered,
      long invalid,
      int deliveries,
      int repeatedDeliveries,
      Map<SesFault, Long> faults) {}

  Inbox(int keptMails) {
    this.keptMails = keptMails;
  }

  boolean keepsMails() {
    return keptMails > 0;
  }

  synchronized void add(ReceivedMail mail) {
    accepted++;
    recipients += mail.recipients().size();
    unanswered += mail.answered() ? 0 : 1;
    acceptedBySecond.merge(mail.receivedAt().getEpochSecond(), 1, Integer::sum);
    if (acceptedBySecond.size() > SECONDS_KEPT) {
      acceptedBySecond.pollFirstEntry();
    }
    mail.deliveryId().ifPresent(deliveries::add);
    if (keptMails > 0) {
      keep(mail);
    }
  }

  private void keep(ReceivedMail mail) {
    int size = mail.raw().map(raw -> raw.length).orElse(0);
    boolean isTooLarge = size > MAX_RAW_BYTES;
    mails.addLast(isTooLarge ? mail.withoutRaw() : mail);
    rawBytes += isTooLarge ? 0 : size;
    while (mails.size() > keptMails || rawBytes > MAX_RAW_BYTES) {
      rawBytes -= mails.removeFirst().raw().map(raw -> raw.length).orElse(0);
    }
  }

  synchronized void addFault(SesFault fault) {
    faults.merge(fault, 1L, Long::sum);
  }

  synchronized void addInvalid() {
    invalid++;
  }

  /** The counters now. */
  public synchronized Counts counts() {
    return new Counts(
        accepted,
        recipients,
        unanswered,
        invalid,
        deliveries.size(),
        deliveries.repeated(),
        Map.copyOf(faults));
  }

  /** How many calls were accepted. */
  public synchronized long accepted() {
    return accepted;
  }

  /** How many recipients were accepted since the start or the last {@link #clear}. */
  synchronized long recipients() {
    return recipients;
  }

  /** How often a delivery id was accepted. */
  public int accepted(String deliveryId) {
    return deliveries.count(deliveryId);
  }

  /** The newest mails, oldest first. */
  public List<ReceivedMail> mails() {
    return mails(mail -> true);
  }

  /** Those of the newest mails that the filter takes, oldest first. */
  public synchronized List<ReceivedMail> mails(Predicate<ReceivedMail> filter) {
    return mails.stream().filter(filter).toList();
  }

  /** How many calls were accepted in each second of the last hour in which there were any. */
  public synchronized Map<Instant, Integer> acceptedBySecond() {
    Map<Instant, Integer> counts = new TreeMap<>();
    acceptedBySecond.forEach((second, n) -> counts.put(Instant.ofEpochSecond(second), n));
    return counts;
  }

  /** Forgets everything. */
  public synchronized void clear() {
    deliveries.clear();
    mails.clear();
    faults.clear();
    acceptedBySecond.clear();
    accepted = 0;
    recipients = 0;
    unanswered = 0;
    invalid = 0;
    rawBytes = 0;
  }

  /** The newest mails that match, newest first, at most a number of them. */
  List<ReceivedMail> newest(Predicate<ReceivedMail> filter, int limit) {
    List<ReceivedMail> found = new ArrayList<>(mails(filter).reversed());
    return found.subList(0, Math.min(limit, found.size()));
  }
}
