package io.mailstream.embedded.ses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mailstream.embedded.http.RawExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The two operations of SES v2 that a sender calls: SendEmail and GetAccount. */
final class SesApi {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter SIGNED_AT =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssX");
  private static final int MAX_RECIPIENTS = 50;
  private static final double REPORTED_UNLIMITED_RATE = 10_000;

  private final Inbox inbox;
  private final SesFaults faults;
  private final Consumer<ReceivedMail> journal;
  private final RateGate rateGate = new RateGate();
  private volatile SesBehaviour behaviour;
  private volatile Optional<SnsTopic> topic = Optional.empty();

  SesApi(SesBehaviour behaviour, Inbox inbox, Consumer<ReceivedMail> journal, long seed) {
    this.behaviour = behaviour;
    this.journal = journal;
    this.inbox = inbox;
    this.faults = new SesFaults(seed);
  }

  SesBehaviour behaviour() {
    return behaviour;
  }

  void setBehaviour(SesBehaviour changed) {
    behaviour = changed;
  }

  void setTopic(SnsTopic set) {
    topic = Optional.of(set);
  }

  SesFaults faults() {
    return faults;
  }

  void sendEmail(RawExchange exchange) throws IOException {
    if (!isSigned(exchange)) {
      return;
    }
    SesBehaviour now = behaviour;
    Optional<SesFault> fault = faults.next(now.faultRates());
    if (fault.filter(f -> f == SesFault.RESET_BEFORE_BODY).isPresent()) {
      inbox.addFault(SesFault.RESET_BEFORE_BODY);
      exchange.reset();
      return;
    }
    Optional<byte[]> body = exchange.body();
    if (body.isEmpty()) {
      badRequest(exchange, "Email length is more than 41943040 bytes long.");
      return;
    }
    try {
      send(exchange, read(body.get()), now, fault);
    } catch (IllegalArgumentException e) {
      badRequest(exchange, e.getMessage());
    }
  }

  private void send(
      RawExchange exchange, SendEmailRequest request, SesBehaviour now, Optional<SesFault> fault)
      throws IOException {
    Optional<SesFault> failure =
        fault
            .filter(f -> !SesFault.UNANSWERED.contains(f))
            .or(() -> limit(now, request.recipients().size()));
    if (failure.isPresent()) {
      inbox.addFault(failure.get());
      pause(now);
      error(exchange, failure.get());
      return;
    }
    ReceivedMail mail = accept(exchange, request, fault.isEmpty());
    pause(now);
    if (fault.isPresent()) {
      inbox.addFault(fault.get());
      if (fault.get() == SesFault.NO_ANSWER) {
        exchange.leaveUnanswered();
      } else {
        exchange.reset();
      }
    } else {
      json(exchange, 200, JSON.createObjectNode().put("MessageId", mail.messageId()));
    }
  }

  private Optional<SesFault> limit(SesBehaviour now, int recipients) {
    if (now.paused()) {
      return Optional.of(SesFault.SENDING_PAUSED);
    }
    if (now.dailyQuota() >= 0 && inbox.recipients() + recipients > now.dailyQuota()) {
      return Optional.of(SesFault.DAILY_QUOTA);
    }
    return rateGate.passes(now.maxSendRate(), recipients, System.nanoTime())
        ? Optional.empty()
        : Optional.of(SesFault.TOO_MANY_REQUESTS);
  }

  private SendEmailRequest read(byte[] body) {
    SendEmailRequest request;
    try {
      request = SendEmailRequest.read(body, inbox.keepsMails() || topic.isPresent());
    } catch (IOException e) {
      throw new IllegalArgumentException("The request could not be read.", e);
    }
    require(!request.from().isEmpty(), "Missing required field: FromEmailAddress");
    require(!request.recipients().isEmpty(), "Missing required field: Destination");
    require(request.recipients().size() <= MAX_RECIPIENTS, "Recipient count exceeds 50.");
    require(request.hasContent(), "Missing required field: Content");
    for (Map.Entry<String, String> tag : request.tags().entrySet()) {
      require(isTag(tag.getKey()), "Invalid tag name <" + tag.getKey() + ">");
      require(isTag(tag.getValue()), "Invalid tag value <" + tag.getValue() + ">");
    }
    return request;
  }

  private ReceivedMail accept(RawExchange exchange, SendEmailRequest request, boolean answered) {
    ReceivedMail mail =
        new ReceivedMail(
            Ids.message(),
            request.from(),
            request.recipients(),
            request.tags(),
            request.configurationSet(),
            signedAt(exchange),
            Instant.now(),
            answered,
            request.raw());
    inbox.add(inbox.keepsMails() ? mail : mail.withoutRaw());
    journal.accept(mail);
    publish(mail, event -> true);
    return mail;
  }

  /** When the call was signed: the SDK does that right before it writes the request. */
  private static Optional<Instant> signedAt(RawExchange exchange) {
    try {
      return exchange
          .request()
          .header("X-Amz-Date")
          .map(text -> SIGNED_AT.parse(text, Instant::from));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** Publishes a mail's events: as with SES, they are a matter of the configuration set. */
  void publish(ReceivedMail mail, Predicate<JsonNode> wanted) {
    if (mail.configurationSet().isPresent()) {
      topic.ifPresent(subscribed -> publish(mail, wanted, subscribed));
    }
  }

  private void publish(ReceivedMail mail, Predicate<JsonNode> wanted, SnsTopic subscribed) {
    SesBehaviour now = behaviour;
    ObjectNode send = SesEvents.send(mail);
    if (now.sendEvents() && wanted.test(send)) {
      subscribed.publish(send, Duration.ZERO);
    }
    Duration delay = Duration.ofMillis(now.eventDelayMillis());
    SesEvents.outcomes(mail, now.deliveryEvents(), mail.receivedAt().plus(delay)).stream()
        .filter(wanted)
        .forEach(event -> subscribed.publish(event, delay));
  }

  void getAccount(RawExchange exchange) throws IOException {
    if (!isSigned(exchange)) {
      return;
    }
    SesBehaviour now = behaviour;
    ObjectNode account = JSON.createObjectNode();
    account.put("DedicatedIpAutoWarmupEnabled", false);
    account.put("EnforcementStatus", "HEALTHY");
    account.put("ProductionAccessEnabled", true);
    account.put("SendingEnabled", !now.paused());
    ObjectNode quota = account.putObject("SendQuota");
    quota.put("Max24HourSend", (double) now.dailyQuota());
    quota.put("MaxSendRate", now.maxSendRate() == 0 ? REPORTED_UNLIMITED_RATE : now.maxSendRate());
    quota.put("SentLast24Hours", (double) inbox.recipients());
    json(exchange, 200, account);
  }

  private static boolean isSigned(RawExchange exchange) throws IOException {
    if (exchange.request().header("Authorization").isPresent()) {
      return true;
    }
    error(exchange, 403, "MissingAuthenticationTokenException", "Missing Authentication Token");
    return false;
  }

  private void badRequest(RawExchange exchange, String message) throws IOException {
    inbox.addInvalid();
    error(exchange, 400, "BadRequestException", message);
  }

  private static void error(RawExchange exchange, SesFault fault) throws IOException {
    int status = fault.status().orElseThrow();
    if (fault.type().isEmpty()) {
      exchange.answer(status, Map.of(), new byte[0]);
    } else {
      error(exchange, status, fault.type(), fault.message());
    }
  }

  static void error(RawExchange exchange, int status, String type, String message)
      throws IOException {
    byte[] body = JSON.writeValueAsBytes(JSON.createObjectNode().put("message", message));
    exchange.answer(
        status,
        Map.of(
            "Content-Type",
            "application/json",
            "x-amzn-ErrorType",
            type,
            "x-amzn-RequestId",
            UUID.randomUUID().toString()),
        body);
  }

  static void json(RawExchange exchange, int status, ObjectNode body) throws IOException {
    exchange.answer(
        status,
        Map.of(
            "Content-Type", "application/json", "x-amzn-RequestId", UUID.randomUUID().toString()),
        body.toString().getBytes(StandardCharsets.UTF_8));
  }

  private void pause(SesBehaviour now) {
    long millis = now.latencyMillis() + faults.jitter(now.jitterMillis());
    if (millis > 0) {
      try {
        Thread.sleep(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static boolean isTag(String text) {
    return !text.isEmpty()
        && text.length() <= 256
        && text.chars()
            .allMatch(c ->
                (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '-'
                    || c == '_');
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
