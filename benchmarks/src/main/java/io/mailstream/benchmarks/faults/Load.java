package io.mailstream.benchmarks.faults;

import io.mailstream.benchmarks.faults.Scenario.Stream;
import io.mailstream.benchmarks.faults.history.History.Accepted;
import io.mailstream.benchmarks.faults.history.Id;
import io.mailstream.schemas.DeliveryId;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.Mailbox;
import io.mailstream.v1.OnUncertain;
import io.mailstream.v1.Recipient;
import io.mailstream.v1.SendRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * The requests of a run, the same for the same seed: tenants and streams, both lanes, several
 * recipients, repeats, invalid ones, and addresses that are suppressed while mail to them goes on.
 */
final class Load {

  private static final int REPEATS_KEPT = 2_000;
  private static final int DOOMED_AT_ONCE = 40;
  private static final int MAILS_BEFORE = 6;
  private static final int MAILS_IN_ALL = 14;
  private static final int PERCENT = 100;
  private static final String BY_COMMAND = "@doomed.example";

  private final Random random;
  private final Deque<Mail> repeatable = new ArrayDeque<>();
  private final List<Doomed> doomed = new ArrayList<>();
  private int requests;
  private int addresses;

  /**
   * A request to be produced.
   *
   * @param key the record's key, or null
   * @param suppress an address that is to be suppressed by a command after it
   */
  record Mail(
      Stream stream,
      Lane lane,
      byte[] key,
      SendRequest request,
      boolean valid,
      Optional<String> suppress) {

    /** What is to be accepted with it: each of its recipients. */
    List<Expected> expected() {
      boolean resends = request.getOnUncertain() == OnUncertain.RESEND;
      String idempotency =
          request.getIdempotencyKey() == null
              ? request.getRequestId()
              : request.getIdempotencyKey();
      return request.getTo().stream()
          .map(recipient -> {
            String address = RecipientKey.of(recipient.getAddress());
            return new Expected(
                Id.ofText(address),
                Id.of(DeliveryId.of(stream.tenant, idempotency, address)),
                valid,
                resends,
                stream.evidence);
          })
          .toList();
    }
  }

  /** {@link Accepted} without the record, which is not written yet. */
  record Expected(Id recipient, Id delivery, boolean valid, boolean resends, boolean evidence) {}

  /** An address whose mail is to end. */
  private static final class Doomed {
    private final String address;
    private int mails;

    Doomed(String address) {
      this.address = address;
    }
  }

  Load(long seed) {
    random = new Random(seed);
  }

  /** The next one. */
  Mail next(Instant now) {
    requests++;
    if (!repeatable.isEmpty() && chance(4)) {
      return repeat();
    }
    Mail mail = fresh(now);
    if (mail.valid() && chance(20)) {
      repeatable.addLast(mail);
      if (repeatable.size() > REPEATS_KEPT) {
        repeatable.removeFirst();
      }
    }
    return mail;
  }

  private boolean chance(int percent) {
    return random.nextInt(PERCENT) < percent;
  }

  /** A repeat comes from anywhere: another lane, another key of the record. */
  private Mail repeat() {
    Mail first = repeatable.stream().skip(random.nextInt(repeatable.size())).findFirst().get();
    String idempotency =
        first.request().getIdempotencyKey() == null
            ? first.request().getRequestId()
            : first.request().getIdempotencyKey();
    SendRequest request =
        SendRequest.newBuilder(first.request())
            .setRequestId("again-" + requests)
            .setIdempotencyKey(idempotency)
            .build();
    return new Mail(first.stream(), lane(), key(request), request, true, Optional.empty());
  }

  private Mail fresh(Instant now) {
    Stream stream = stream();
    boolean valid = !chance(2);
    Optional<String> suppress = Optional.empty();
    List<Recipient> to = new ArrayList<>();
    if (chance(6)) {
      Doomed one = doomed();
      one.mails++;
      to.add(recipient(one.address));
      if (one.mails == MAILS_BEFORE && one.address.endsWith(BY_COMMAND)) {
        suppress = Optional.of(one.address);
      }
      if (one.mails >= MAILS_IN_ALL) {
        doomed.remove(one);
      }
    } else {
      int recipients = chance(10) ? 2 + random.nextInt(3) : 1;
      for (int i = 0; i < recipients; i++) {
        to.add(recipient("user%d@host%d.example".formatted(++addresses, random.nextInt(50))));
      }
    }
    SendRequest.Builder request =
        SendRequest.newBuilder()
            .setRequestId("r-" + requests)
            .setTenant(stream.tenant)
            .setStream(stream.stream)
            .setFrom(new Mailbox(stream.from(), null))
            .setTo(to)
            .setSubject(valid ? "No. " + requests : "No.\r\nBcc: all@host1.example")
            .setContent(new InlineContent("Thank you.", null, List.of()))
            .setOnUncertain(
                stream == Stream.CODES || random.nextBoolean()
                    ? OnUncertain.RESEND
                    : OnUncertain.REPORT);
    if (chance(2)) {
      request.setSendAt(now.plusMillis(2_000 + random.nextInt(20_000)));
    } else if (chance(1)) {
      request.setExpiresAt(now.plusMillis(500 + random.nextInt(20_000)));
    }
    SendRequest built = request.build();
    return new Mail(stream, lane(), key(built), built, valid, suppress);
  }

  private Stream stream() {
    int drawn = random.nextInt(PERCENT);
    return drawn < 4
        ? Stream.DIGEST
        : drawn < 40 ? Stream.RECEIPTS : drawn < 60 ? Stream.CODES : Stream.LETTERS;
  }

  private Lane lane() {
    return chance(40) ? Lane.TRANSACTIONAL : Lane.BULK;
  }

  /** One of those whose mail is to end: half of them by a command, half by a bounce. */
  private Doomed doomed() {
    while (doomed.size() < DOOMED_AT_ONCE) {
      int number = ++addresses;
      String form = number % 2 == 0 ? "d%d" + BY_COMMAND : "bounce+%d@simulator.amazonses.com";
      doomed.add(new Doomed(form.formatted(number)));
    }
    return doomed.get(random.nextInt(doomed.size()));
  }

  private static Recipient recipient(String address) {
    return Recipient.newBuilder().setAddress(address).build();
  }

  /** A foreign key, none, or the right one. */
  private byte[] key(SendRequest request) {
    return switch (random.nextInt(3)) {
      case 0 -> null;
      case 1 -> ("k" + random.nextInt()).getBytes(StandardCharsets.UTF_8);
      default -> RecipientKey.bytes(request.getTo().getFirst().getAddress());
    };
  }
}
