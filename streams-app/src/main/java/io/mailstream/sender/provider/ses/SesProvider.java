package io.mailstream.sender.provider.ses;

import io.mailstream.policy.Account;
import io.mailstream.sender.mime.Composition;
import io.mailstream.sender.mime.MimeComposer;
import io.mailstream.sender.mime.WireAddress;
import io.mailstream.sender.provider.EmailProvider;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.provider.common.AccountAlerts;
import io.mailstream.sender.provider.common.EspText;
import io.mailstream.sender.provider.common.Refusals;
import io.mailstream.sender.provider.common.RequestWritten;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.ReasonCode;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.crt.http.HttpException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.sesv2.model.Destination;
import software.amazon.awssdk.services.sesv2.model.MessageTag;
import software.amazon.awssdk.services.sesv2.model.SendEmailRequest;

/**
 * Amazon SES by its v2 API: one raw message, one envelope recipient, one HTTP request a call.
 *
 * <p>SES takes 40 MB after base64 and no address with a local part beyond ASCII; both are refused
 * before the call. Of a call that fails without an answer {@link RequestWritten} knows whether SES
 * can have the request.
 */
public final class SesProvider implements EmailProvider {

  /** 40 MB after base64, in which four characters carry three bytes. */
  static final long MAX_MESSAGE_BYTES = 40L * 1024 * 1024 / 4 * 3;

  private final MimeComposer composer = new MimeComposer("X-SES-", MAX_MESSAGE_BYTES);
  private final Optional<String> configurationSet;
  private final SesClients clients;
  private final SesQuota quota;
  private final AccountAlerts alerts;
  private final InstantSource clock;

  SesProvider(String account, SesSettings settings, InstantSource clock) {
    this.configurationSet = settings.configurationSet();
    this.clients = SesClients.create(settings);
    this.quota = new SesQuota(account, clients.api(), clock);
    this.alerts = new AccountAlerts(account, clock);
    this.clock = clock;
  }

  /**
   * The provider of an account.
   *
   * @param senderConfig where the credentials are; without any, AWS's default chain finds them
   * @throws IllegalArgumentException if settings are wrong; the message names every fault
   */
  public static SesProvider create(Account account, Map<String, String> senderConfig) {
    return new SesProvider(
        account.name(), SesSettings.of(account, senderConfig), InstantSource.system());
  }

  @Override
  public SendOutcome send(Delivery delivery) {
    Optional<String> recipient = WireAddress.find(delivery.getRecipient().getAddress());
    if (recipient.isEmpty()) {
      Composition.Refused refused = WireAddress.refused("SES");
      return new SendOutcome.Rejected(refused.reason(), refused.detail());
    }
    return switch (composer.compose(delivery)) {
      case Composition.Refused(ReasonCode reason, String detail) ->
          new SendOutcome.Rejected(reason, detail);
      case Composition.Message(byte[] bytes) -> call(request(delivery, recipient.get(), bytes));
    };
  }

  private SendEmailRequest request(Delivery delivery, String recipient, byte[] message) {
    List<MessageTag> tags =
        SesTags.of(delivery).entrySet().stream()
            .map(tag -> MessageTag.builder().name(tag.getKey()).value(tag.getValue()).build())
            .toList();
    return SendEmailRequest.builder()
        // The message says it too; here it is what SES checks the identity and the IAM policy by.
        .fromEmailAddress(WireAddress.find(delivery.getFrom().getAddress()).orElse(null))
        .destination(Destination.builder().toAddresses(recipient).build())
        .content(c -> c.raw(r -> r.data(SdkBytes.fromByteArrayUnsafe(message))))
        .emailTags(tags)
        .configurationSetName(configurationSet.orElse(null))
        .build();
  }

  private SendOutcome call(SendEmailRequest request) {
    RequestWritten written = new RequestWritten();
    try {
      String id =
          ScopedValue.where(WatchedHttpClient.CALL, written)
              .call(() -> clients.api().sendEmail(request).messageId());
      return id == null || id.isBlank()
          ? new SendOutcome.Ambiguous("SES answered with success but without a message id")
          : new SendOutcome.Accepted(id);
    } catch (AwsServiceException e) {
      written.seal();
      return alerts.seen(answered(e, clock.instant()));
    } catch (RuntimeException e) {
      // The SDK's, the HTTP client's and the JDK's: whatever it is, what was written decides.
      return written.seal() ? ambiguous(e) : alerts.seen(unwritten(e));
    }
  }

  private static SendOutcome answered(AwsServiceException e, Instant now) {
    AwsErrorDetails details = e.awsErrorDetails();
    int status = e.statusCode();
    if (status >= 200 && status < 300) {
      return new SendOutcome.Ambiguous("SES answered " + status + " with an unreadable body");
    }
    return SesErrors.outcome(
        new SesErrors.Answer(
            status,
            details == null || details.errorCode() == null ? "" : details.errorCode(),
            details == null || details.errorMessage() == null ? "" : details.errorMessage(),
            Optional.ofNullable(details)
                .map(AwsErrorDetails::sdkHttpResponse)
                .flatMap((SdkHttpResponse http) -> http.firstMatchingHeader("Retry-After"))),
        now);
  }

  private static SendOutcome.Ambiguous ambiguous(RuntimeException e) {
    boolean timeout =
        e instanceof ApiCallTimeoutException || e instanceof ApiCallAttemptTimeoutException;
    return new SendOutcome.Ambiguous(
        timeout
            ? "no answer of SES within the call timeout, after the request was written"
            : "the call was cut off after the request was written (" + kind(e) + ")");
  }

  private SendOutcome unwritten(RuntimeException e) {
    boolean credentials =
        e instanceof SdkException
            && e.getMessage() != null
            && e.getMessage().contains("Unable to load credentials");
    if (credentials) {
      return new SendOutcome.Deferred(
          SendOutcome.Scope.ACCOUNT,
          Optional.of(clock.instant().plus(Refusals.CONFIGURATION_PARK)),
          ReasonCode.ACCOUNT_PARKED,
          "no AWS credentials found: set those of the account, or what AWS's default chain reads");
    }
    return new SendOutcome.Deferred(
        SendOutcome.Scope.MESSAGE,
        Optional.empty(),
        ReasonCode.ESP_UNAVAILABLE,
        "SES could not be reached; the request was not written (" + kind(e) + ")");
  }

  /** What failed, by kind; its text only where it comes from the network, not from the call. */
  private static String kind(Throwable e) {
    Throwable root = e;
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      root = cause;
    }
    boolean network = root instanceof HttpException || root instanceof IOException;
    return network && root.getMessage() != null
        ? EspText.shown(root.getMessage())
        : root.getClass().getSimpleName();
  }

  @Override
  public Optional<AccountQuota> quota() {
    return quota.get();
  }

  @Override
  public void close() {
    clients.close();
  }
}
