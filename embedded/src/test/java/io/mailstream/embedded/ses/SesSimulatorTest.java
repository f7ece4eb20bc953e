package io.mailstream.embedded.ses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.INSTANT;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sesv2.SesV2Client;
import software.amazon.awssdk.services.sesv2.model.BadRequestException;
import software.amazon.awssdk.services.sesv2.model.GetAccountResponse;
import software.amazon.awssdk.services.sesv2.model.MessageTag;
import software.amazon.awssdk.services.sesv2.model.SendEmailResponse;
import software.amazon.awssdk.services.sesv2.model.SendingPausedException;
import software.amazon.awssdk.services.sesv2.model.SesV2Exception;
import software.amazon.awssdk.services.sesv2.model.TooManyRequestsException;

/** The simulator against the client that senders use: the AWS SDK. */
class SesSimulatorTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RAW = "Subject: Hello\r\n\r\nText";
  private static final String ID = "0123456789abcdef0123456789abcdef";

  private final List<ReceivedMail> journal = new CopyOnWriteArrayList<>();
  private final SesSimulator simulator =
      SesSimulator.start(SesSimulator.Options.defaults().seed(7).journal(journal::add));
  private final SesV2Client ses =
      SesV2Client.builder()
          .endpointOverride(URI.create(simulator.url()))
          .region(Region.US_EAST_1)
          .credentialsProvider(
              StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret")))
          .httpClientBuilder(Apache5HttpClient.builder())
          .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
          .build();
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    ses.close();
    simulator.close();
  }

  @Test
  void anAcceptedMailIsInTheInboxAsItWasSent() {
    SendEmailResponse response = send("someone@example.com");

    ReceivedMail mail = simulator.inbox().mails().getFirst();
    assertThat(mail.messageId()).isEqualTo(response.messageId()).endsWith("-000000");
    assertThat(mail.from()).isEqualTo("shop@example.com");
    assertThat(mail.recipients()).containsExactly("someone@example.com");
    assertThat(mail.deliveryId()).hasValue(ID);
    assertThat(mail.configurationSet()).hasValue("events");
    assertThat(new String(mail.raw().orElseThrow(), StandardCharsets.UTF_8)).isEqualTo(RAW);
    assertThat(simulator.inbox().accepted(ID)).isEqualTo(1);
  }

  @Test
  void theJournalIsToldOfEachMailAndOfWhenItsCallWasSigned() {
    Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    send("someone@example.com");
    assertThat(journal)
        .singleElement()
        .satisfies(mail -> {
          assertThat(mail.recipients()).containsExactly("someone@example.com");
          assertThat(mail.signedAt()).get(INSTANT).isBetween(before, mail.receivedAt());
        });
  }

  @Test
  void beyondTheRateCallsAreThrottledAsSesDoes() {
    simulator.behave(simulator.behaviour().maxSendRate(0.001));
    send("a@example.com");

    TooManyRequestsException refused =
        catchThrowableOfType(TooManyRequestsException.class, () -> send("b@example.com"));

    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.awsErrorDetails().errorMessage())
        .isEqualTo("Maximum sending rate exceeded.");
    assertThat(simulator.inbox().counts().faults()).containsEntry(SesFault.TOO_MANY_REQUESTS, 1L);
    assertThat(simulator.inbox().accepted()).isEqualTo(1);
  }

  @Test
  void aResetBeforeTheBodyIsNotASend() {
    simulator.failNext(SesFault.RESET_BEFORE_BODY);

    assertThatThrownBy(() -> send("a@example.com")).isInstanceOf(SdkClientException.class);

    assertThat(simulator.inbox().accepted()).isZero();
  }

  @Test
  void aResetAfterTheBodyIsASendThatNobodyWasToldOf() {
    simulator.failNext(SesFault.RESET_AFTER_BODY);

    assertThatThrownBy(() -> send("a@example.com")).isInstanceOf(SdkClientException.class);

    assertThat(simulator.inbox().accepted(ID)).isEqualTo(1);
    assertThat(simulator.inbox().mails().getFirst().answered()).isFalse();
    assertThat(simulator.inbox().counts().unanswered()).isEqualTo(1);
  }

  @Test
  void everyErrorIsTheExceptionThatTheSdkKnows() {
    for (SesFault fault : SesFault.values()) {
      if (fault.status().isEmpty()) {
        continue;
      }
      simulator.failNext(fault);
      SesV2Exception failure =
          catchThrowableOfType(SesV2Exception.class, () -> send("a@example.com"));
      assertThat(failure.statusCode()).as(fault.name()).isEqualTo(fault.status().get());
      if (!fault.type().isEmpty()) {
        assertThat(failure.awsErrorDetails().errorCode()).isEqualTo(fault.type());
        assertThat(failure.awsErrorDetails().errorMessage()).isEqualTo(fault.message());
      }
    }
    assertThat(simulator.inbox().accepted()).isZero();
  }

  @Test
  void theAccountTellsItsQuota() {
    simulator.behave(simulator.behaviour().maxSendRate(14).dailyQuota(50));
    send("a@example.com");

    GetAccountResponse account = ses.getAccount(request -> {});

    assertThat(account.sendQuota().maxSendRate()).isEqualTo(14.0);
    assertThat(account.sendQuota().max24HourSend()).isEqualTo(50.0);
    assertThat(account.sendQuota().sentLast24Hours()).isEqualTo(1.0);
    assertThat(account.sendingEnabled()).isTrue();
  }

  @Test
  void theDailyQuotaEnds() {
    simulator.behave(simulator.behaviour().dailyQuota(1));
    send("a@example.com");

    assertThatThrownBy(() -> send("b@example.com"))
        .isInstanceOf(SesV2Exception.class)
        .hasMessageContaining("Daily message quota exceeded");
  }

  @Test
  void aPausedAccountTakesNothingAndSaysSo() {
    simulator.behave(simulator.behaviour().paused(true));

    assertThatThrownBy(() -> send("a@example.com")).isInstanceOf(SendingPausedException.class);
    assertThat(ses.getAccount(request -> {}).sendingEnabled()).isFalse();
  }

  @Test
  void aTagThatSesWouldRefuseIsRefused() {
    assertThatThrownBy(() ->
            ses.sendEmail(request ->
                request
                    .fromEmailAddress("shop@example.com")
                    .destination(to -> to.toAddresses("a@example.com"))
                    .emailTags(MessageTag.builder().name("order").value("no spaces").build())
                    .content(c -> c.raw(raw -> raw.data(SdkBytes.fromUtf8String(RAW))))))
        .isInstanceOf(BadRequestException.class);
    assertThat(simulator.inbox().counts().invalid()).isEqualTo(1);
  }

  @Test
  void ratesOfFaultsRepeatWithTheSeed() {
    SesFaults one = new SesFaults(3);
    SesFaults other = new SesFaults(3);
    SesBehaviour behaviour =
        SesBehaviour.defaults()
            .faultRate(SesFault.INTERNAL_ERROR, 0.25)
            .faultRate(SesFault.RESET_AFTER_BODY, 0.25);
    int failed = 0;
    for (int i = 0; i < 4_000; i++) {
      Optional<SesFault> fault = one.next(behaviour.faultRates());
      assertThat(fault).isEqualTo(other.next(behaviour.faultRates()));
      failed += fault.isPresent() ? 1 : 0;
    }
    assertThat(failed).isBetween(1_800, 2_200);
  }

  @Test
  void behaviourAndInboxAreReachedByHttp() throws Exception {
    HttpResponse<String> changed =
        put(
            "{\"maxSendRate\": 5, \"next\": [\"BAD_REQUEST\"], \"faultRates\": {\"THROTTLING\":"
                + " 0}}");
    assertThat(changed.statusCode()).isEqualTo(200);
    assertThat(simulator.behaviour().maxSendRate()).isEqualTo(5);
    assertThatThrownBy(() -> send("a@example.com")).isInstanceOf(BadRequestException.class);
    send("b@example.com");

    JsonNode inbox = get("/inbox?delivery_id=" + ID);
    assertThat(inbox.path("accepted").asInt()).isEqualTo(1);
    assertThat(inbox.path("acceptedOfDelivery").asInt()).isEqualTo(1);
    assertThat(inbox.path("faults").path("BAD_REQUEST").asInt()).isEqualTo(1);
    assertThat(inbox.path("mails").path(0).path("raw").asText()).isEqualTo(RAW);
    assertThat(get("/inbox?recipient=b@example.com").path("mails")).hasSize(1);
    assertThat(get("/inbox?recipient=none@example.com").path("mails")).isEmpty();

    http.send(request("/inbox").DELETE().build(), HttpResponse.BodyHandlers.ofString());
    assertThat(simulator.inbox().accepted()).isZero();
  }

  @Test
  void whatControlDoesNotKnowIsRefusedAndNamed() throws Exception {
    assertThat(put("{\"speed\": 1}").body()).contains("speed");
    assertThat(put("{\"faultRates\": {\"TYPO\": 1}}").statusCode()).isEqualTo(400);
    assertThat(put("{\"maxSendRate\": -1}").body()).contains("maxSendRate");
    assertThat(put("no").statusCode()).isEqualTo(400);
    assertThat(simulator.behaviour()).isEqualTo(SesBehaviour.defaults());
  }

  @Test
  void memoryIsBoundedAndCountsAreNot() {
    Inbox inbox = new Inbox(2);
    for (int i = 0; i < 5_000; i++) {
      String id = i % 10 == 0 ? ID : "id-" + i;
      inbox.add(
          new ReceivedMail(
              "m" + i,
              "f",
              List.of("r"),
              Map.of(ReceivedMail.DELIVERY_ID_TAG, id),
              Optional.empty(),
              Optional.empty(),
              Instant.EPOCH,
              true,
              Optional.of(new byte[10])));
    }
    assertThat(inbox.mails()).extracting(ReceivedMail::messageId).containsExactly("m4998", "m4999");
    assertThat(inbox.accepted(ID)).isEqualTo(500);
    assertThat(inbox.accepted("id-4999")).isEqualTo(1);
    assertThat(inbox.accepted("id-none")).isZero();
    assertThat(inbox.counts().deliveries()).isEqualTo(4_501);
    assertThat(inbox.counts().repeatedDeliveries()).isEqualTo(1);
  }

  private SendEmailResponse send(String to) {
    return ses.sendEmail(request ->
        request
            .fromEmailAddress("shop@example.com")
            .destination(destination -> destination.toAddresses(to))
            .configurationSetName("events")
            .emailTags(MessageTag.builder().name(ReceivedMail.DELIVERY_ID_TAG).value(ID).build())
            .content(c -> c.raw(raw -> raw.data(SdkBytes.fromUtf8String(RAW)))));
  }

  private JsonNode get(String path) throws Exception {
    HttpResponse<String> answer =
        http.send(request(path).GET().build(), HttpResponse.BodyHandlers.ofString());
    return JSON.readTree(answer.body());
  }

  private HttpResponse<String> put(String body) throws Exception {
    return http.send(
        request("/control").PUT(HttpRequest.BodyPublishers.ofString(body)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(simulator.url() + path));
  }
}
