package io.mailstream.embedded.ses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mailstream.embedded.Ports;
import io.mailstream.embedded.http.RawExchange;
import io.mailstream.embedded.http.RawHttpServer;
import io.mailstream.embedded.http.RawRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Amazon SES v2 on 127.0.0.1, as far as a sender sees it: SendEmail and GetAccount as the AWS SDK
 * calls them, the mailbox simulator's addresses, limits, errors and cut connections as told, an
 * inbox, and signed SNS notifications of what became of the mail.
 *
 * <p>Besides SES's own paths: {@code GET /inbox} (by {@code delivery_id}, {@code recipient}, {@code
 * limit}), {@code DELETE /inbox}, {@code GET} and {@code PUT /control} (see {@link SesBehaviour};
 * the list {@code next} names faults of the next calls, one by one), and the certificate that SNS
 * messages are signed by.
 */
public final class SesSimulator implements AutoCloseable {

  static final int MAX_BODY_BYTES = 60 * 1024 * 1024;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int DEFAULT_LIMIT = 100;

  private final SesApi api;
  private final Inbox inbox;
  private final Optional<Path> dataDir;
  private final RawHttpServer server;
  private volatile SnsIdentity identity;
  private volatile SnsTopic topic;

  /**
   * How the simulator starts.
   *
   * @param port the port on 127.0.0.1; 0 takes a free one
   * @param dataDir where its certificates are kept; empty: new ones with each start
   * @param keptMails how many of the newest mails are kept whole; 0 for benchmarks
   * @param behaviour how it behaves until told otherwise
   * @param journal is told of each mail that is accepted, before the caller is
   * @param seed of its random choices
   */
  public record Options(
      int port,
      Optional<Path> dataDir,
      int keptMails,
      SesBehaviour behaviour,
      Consumer<ReceivedMail> journal,
      long seed) {

    /** A free port, nothing on disk, a thousand mails, no faults. */
    public static Options defaults() {
      return new Options(
          0,
          Optional.empty(),
          1_000,
          SesBehaviour.defaults(),
          mail -> {},
          ThreadLocalRandom.current().nextLong());
    }

    /** With another port; 0 takes a free one. */
    public Options port(int port) {
      return new Options(port, dataDir, keptMails, behaviour, journal, seed);
    }

    /** With a directory for the certificates. */
    public Options dataDir(Path directory) {
      return new Options(port, Optional.of(directory), keptMails, behaviour, journal, seed);
    }

    /** With another number of mails kept whole. */
    public Options keptMails(int mails) {
      return new Options(port, dataDir, mails, behaviour, journal, seed);
    }

    /** With another behaviour. */
    public Options behaviour(SesBehaviour changed) {
      return new Options(port, dataDir, keptMails, changed, journal, seed);
    }

    /** With somebody who is told of each mail that is accepted. */
    public Options journal(Consumer<ReceivedMail> told) {
      return new Options(port, dataDir, keptMails, behaviour, told, seed);
    }

    /** With a seed, so that random choices repeat. */
    public Options seed(long repeated) {
      return new Options(port, dataDir, keptMails, behaviour, journal, repeated);
    }
  }

  private SesSimulator(Options options) {
    dataDir = options.dataDir();
    inbox = new Inbox(options.keptMails());
    api = new SesApi(options.behaviour(), inbox, options.journal(), options.seed());
    int port = options.port() == 0 ? Ports.free() : options.port();
    server = RawHttpServer.start("SES simulator", port, MAX_BODY_BYTES, this::handle);
  }

  /**
   * Starts a simulator and returns when it answers.
   *
   * @throws io.mailstream.runtime.http.PortInUseException if something listens on the port
   */
  public static SesSimulator start(Options options) {
    return new SesSimulator(options);
  }

  /** The endpoint for the AWS SDK, such as {@code http://127.0.0.1:8099}. */
  public String url() {
    return "http://127.0.0.1:" + port();
  }

  /** The port. */
  public int port() {
    return server.port();
  }

  /** What it accepted. */
  public Inbox inbox() {
    return inbox;
  }

  /** How it behaves now. */
  public SesBehaviour behaviour() {
    return api.behaviour();
  }

  /** Changes how it behaves from the next call on. */
  public void behave(SesBehaviour behaviour) {
    api.setBehaviour(behaviour);
  }

  /** Orders faults: the next calls of SendEmail fail in these ways, one each, in this order. */
  public void failNext(SesFault... faults) {
    api.faults().order(Arrays.stream(faults).map(Optional::of).toList());
  }

  /** Orders that so many of the next calls do not fail, whatever the rates say. */
  public void passNext(int calls) {
    api.faults().order(Collections.nCopies(calls, Optional.empty()));
  }

  /**
   * Subscribes an endpoint to the events, as SNS would: it is asked to confirm, and gets nothing
   * before it has. One subscription; a further one replaces it.
   */
  public synchronized SnsTopic subscribe(SnsOptions options) {
    SnsTopic subscribed = topic(options, message -> {});
    subscribed.subscribe();
    return subscribed;
  }

  /**
   * Goes on with a subscription that an earlier simulator had: nobody is asked to confirm.
   *
   * @param posted is told of each message that the subscriber took
   */
  public synchronized SnsTopic resume(SnsOptions options, Consumer<String> posted) {
    SnsTopic resumed = topic(options, posted);
    resumed.resume();
    return resumed;
  }

  private SnsTopic topic(SnsOptions options, Consumer<String> posted) {
    if (topic != null) {
      topic.close();
    }
    topic = new SnsTopic(options, identity(), url(), posted);
    api.setTopic(topic);
    return topic;
  }

  /**
   * Publishes the events of a mail once more, as they are when it is accepted.
   *
   * @param owed which of them
   */
  public void publishAgain(ReceivedMail mail, Predicate<JsonNode> owed) {
    api.publish(mail, owed);
  }

  /** Publishes events to another simulator's topic, as several accounts may to one. */
  public void publishTo(SnsTopic shared) {
    api.setTopic(shared);
  }

  /** The certificate of the authority behind the signing certificate, as PEM: what to trust. */
  public String caCertificatePem() {
    return identity().caPem();
  }

  /** Where the certificate that signs SNS messages is served. */
  public String signingCertificateUrl() {
    return url() + identity().certificatePath();
  }

  private synchronized SnsIdentity identity() {
    if (identity == null) {
      identity = SnsIdentity.open(dataDir);
    }
    return identity;
  }

  /** Stops posting; what waits to be posted is lost. */
  public synchronized void stopCallbacks() {
    if (topic != null) {
      topic.close();
    }
  }

  /** Stops listening and posting. */
  @Override
  public void close() {
    server.close();
    stopCallbacks();
  }

  private void handle(RawExchange exchange) throws IOException {
    RawRequest request = exchange.request();
    switch (request.method() + " " + request.path()) {
      case "POST /v2/email/outbound-emails" -> api.sendEmail(exchange);
      case "GET /v2/email/account" -> api.getAccount(exchange);
      case "GET /inbox" -> SesApi.json(exchange, 200, inboxJson(request));
      case "DELETE /inbox" -> {
        inbox.clear();
        SesApi.json(exchange, 200, inboxJson(request));
      }
      case "GET /control" -> SesApi.json(exchange, 200, behaviour().json());
      case "PUT /control" -> control(exchange);
      case "GET /" -> confirm(exchange);
      default -> certificate(exchange);
    }
  }

  private void control(RawExchange exchange) throws IOException {
    try {
      JsonNode changes = JSON.readTree(exchange.body().orElse(new byte[0]));
      if (changes instanceof ObjectNode object && object.has("next")) {
        SesFault[] next = JSON.treeToValue(object.remove("next"), SesFault[].class);
        behave(behaviour().with(changes));
        failNext(next);
      } else {
        behave(behaviour().with(changes));
      }
      SesApi.json(exchange, 200, behaviour().json());
    } catch (IOException | IllegalArgumentException e) {
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      SesApi.json(exchange, 400, JSON.createObjectNode().put("message", why));
    }
  }

  private ObjectNode inboxJson(RawRequest request) {
    ObjectNode answer = JSON.valueToTree(inbox.counts());
    Optional<String> deliveryId = request.query("delivery_id");
    Optional<String> recipient = request.query("recipient");
    deliveryId.ifPresent(id -> answer.put("acceptedOfDelivery", inbox.accepted(id)));
    if (topic != null) {
      answer.set("callbacks", JSON.valueToTree(topic.counts()));
    }
    ArrayNode mails = answer.putArray("mails");
    for (ReceivedMail mail :
        inbox.newest(
            mail ->
                (deliveryId.isEmpty() || deliveryId.equals(mail.deliveryId()))
                    && (recipient.isEmpty() || mail.recipients().contains(recipient.get())),
            limit(request))) {
      mails.add(mailJson(mail));
    }
    return answer;
  }

  private static int limit(RawRequest request) {
    try {
      return request.query("limit").map(Integer::parseUnsignedInt).orElse(DEFAULT_LIMIT);
    } catch (NumberFormatException e) {
      return DEFAULT_LIMIT;
    }
  }

  private static ObjectNode mailJson(ReceivedMail mail) {
    ObjectNode json = JSON.createObjectNode();
    json.put("messageId", mail.messageId());
    json.put("receivedAt", mail.receivedAt().toString());
    json.put("answered", mail.answered());
    json.put("from", mail.from());
    json.set("recipients", JSON.valueToTree(mail.recipients()));
    json.set("tags", JSON.valueToTree(mail.tags()));
    mail.configurationSet().ifPresent(set -> json.put("configurationSet", set));
    mail.raw().ifPresent(raw -> json.put("raw", new String(raw, StandardCharsets.UTF_8)));
    return json;
  }

  private void confirm(RawExchange exchange) throws IOException {
    RawRequest request = exchange.request();
    boolean isConfirmed =
        topic != null
            && request.query("Action").equals(Optional.of("ConfirmSubscription"))
            && topic.confirm(
                request.query("TopicArn").orElse(""), request.query("Token").orElse(""));
    if (!isConfirmed) {
      SesApi.error(exchange, 400, "InvalidParameter", "Invalid parameter: Token");
      return;
    }
    String xml =
        """
        <ConfirmSubscriptionResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">
          <ConfirmSubscriptionResult>
            <SubscriptionArn>%s</SubscriptionArn>
          </ConfirmSubscriptionResult>
        </ConfirmSubscriptionResponse>
        """
            .formatted(topic.subscriptionArn());
    exchange.answer(200, Map.of("Content-Type", "text/xml"), xml.getBytes(StandardCharsets.UTF_8));
  }

  private void certificate(RawExchange exchange) throws IOException {
    RawRequest request = exchange.request();
    List<String> target = List.of(request.method(), request.path());
    if (identity != null && target.equals(List.of("GET", identity.certificatePath()))) {
      exchange.answer(
          200,
          Map.of("Content-Type", "application/x-x509-ca-cert"),
          identity.certificatePem().getBytes(StandardCharsets.US_ASCII));
    } else {
      SesApi.error(exchange, 404, "UnknownOperationException", "No such path");
    }
  }
}
