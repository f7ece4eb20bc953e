package io.mailstream.sender.provider.http;

import io.mailstream.sender.mime.Composition;
import io.mailstream.sender.provider.EmailProvider;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.provider.common.AccountAlerts;
import io.mailstream.sender.provider.common.Refusals;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.ReasonCode;
import java.time.InstantSource;
import java.util.Optional;

/** One account with an ESP that is reached by HTTP: one delivery, one request. */
public final class HttpProvider implements EmailProvider {

  private static final int GATEWAY_TIMEOUT = 504;

  private final HttpApi api;
  private final HttpCaller caller;
  private final Refusals refusals;
  private final AccountAlerts alerts;
  private final InstantSource clock;

  /** The provider of an account; connects to nothing yet. */
  public HttpProvider(String account, HttpApi api, HttpSettings settings, InstantSource clock) {
    this.api = api;
    this.caller = new HttpCaller(settings);
    this.refusals = new Refusals(api.name());
    this.alerts = new AccountAlerts(account, clock);
    this.clock = clock;
  }

  @Override
  public SendOutcome send(Delivery delivery) {
    return switch (api.prepare(delivery)) {
      case HttpApi.Prepared.Refused(Composition.Refused(ReasonCode reason, String detail)) ->
          new SendOutcome.Rejected(reason, detail);
      case HttpApi.Prepared.Ready(HttpCall call) -> alerts.seen(outcome(caller.post(call)));
    };
  }

  private SendOutcome outcome(HttpReply reply) {
    return switch (reply) {
      case HttpReply.Unwritten(String why) -> refusals.unwritten(why);
      case HttpReply.Cut(String why) ->
          new SendOutcome.Ambiguous(
              "the call was cut off after the request was written (" + why + ")");
      // A gateway gave up waiting for the ESP, which is what our own timeout means.
      case HttpReply.Answer answer when answer.status() == GATEWAY_TIMEOUT ->
          new SendOutcome.Ambiguous("a gateway of " + api.name() + " timed out (504)");
      case HttpReply.Answer answer -> api.outcome(answer, clock.instant());
    };
  }

  /** None of these ESPs says what an account may send. */
  @Override
  public Optional<AccountQuota> quota() {
    return Optional.empty();
  }

  @Override
  public Optional<Connections> connections() {
    return Optional.of(caller.connections());
  }

  @Override
  public void close() {
    caller.close();
  }
}
