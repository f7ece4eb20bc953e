package io.mailstream.sender.provider.ses;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.embedded.ses.ReceivedMail;
import io.mailstream.embedded.ses.SesBehaviour;
import io.mailstream.embedded.ses.SesFault;
import io.mailstream.embedded.ses.SesSimulator;
import io.mailstream.policy.Account;
import io.mailstream.sender.provider.Deliveries;
import io.mailstream.sender.provider.EmailProvider;
import io.mailstream.sender.provider.EmailProvider.AccountQuota;
import io.mailstream.sender.provider.Eventually;
import io.mailstream.sender.provider.ProviderFactory;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.provider.SendOutcome.Accepted;
import io.mailstream.sender.provider.SendOutcome.Ambiguous;
import io.mailstream.sender.provider.SendOutcome.Deferred;
import io.mailstream.sender.provider.SendOutcome.Rejected;
import io.mailstream.v1.Delivery;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SES's provider and the SES simulator understand each other. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SesProviderSimulatorTest {

  private SesSimulator simulator;
  private EmailProvider provider;

  @BeforeAll
  void start() {
    simulator = SesSimulator.start(SesSimulator.Options.defaults());
    provider =
        ProviderFactory.create(
            new Account(
                "main",
                "ses",
                Optional.empty(),
                Map.of("region", "eu-west-1", "endpoint", simulator.url(), "call_timeout", "2s")),
            Map.of(
                "accounts.main.access.key.id", "AKIDTEST",
                "accounts.main.secret.access.key", "s"));
  }

  @AfterAll
  void stop() {
    provider.close();
    simulator.close();
  }

  @BeforeEach
  void empty() {
    simulator.inbox().clear();
    simulator.behave(SesBehaviour.defaults());
  }

  private static Delivery delivery() {
    return Deliveries.to("success@simulator.amazonses.com").build();
  }

  @Test
  void acceptedMailLiesInTheInbox() {
    SendOutcome outcome = provider.send(delivery());
    ReceivedMail mail = simulator.inbox().mails().getFirst();
    assertThat(outcome).isEqualTo(new Accepted(mail.messageId()));
    assertThat(mail.deliveryId()).contains(delivery().getDeliveryId());
    assertThat(mail.recipients()).containsExactly("success@simulator.amazonses.com");
  }

  @ParameterizedTest
  @EnumSource
  void everyFaultHasItsOutcomeAndIsMetOnce(SesFault fault) {
    simulator.failNext(fault);
    SendOutcome outcome = provider.send(delivery());
    // Behind the fault the script is empty: a second request would have been taken.
    int taken = simulator.inbox().accepted(delivery().getDeliveryId());
    switch (fault) {
      case MESSAGE_REJECTED, BAD_REQUEST -> assertThat(outcome).isInstanceOf(Rejected.class);
      // A small request may lie in the socket's buffer when the reset comes: then it is unknown.
      case RESET_BEFORE_BODY ->
          assertThat(outcome).isInstanceOfAny(Deferred.class, Ambiguous.class);
      case RESET_AFTER_BODY, NO_ANSWER -> assertThat(outcome).isInstanceOf(Ambiguous.class);
      default -> assertThat(outcome).isInstanceOf(Deferred.class);
    }
    assertThat(taken).isEqualTo(SesFault.UNANSWERED.contains(fault) ? 1 : 0);
    assertThat(provider.send(delivery())).isInstanceOf(Accepted.class);
  }

  @Test
  void quotaIsTheSimulators() {
    simulator.behave(SesBehaviour.defaults().maxSendRate(14).dailyQuota(200));
    Eventually.holds("the quota is known", () -> provider.quota().isPresent());
    assertThat(provider.quota()).contains(new AccountQuota(14, 200, 200, true));
  }
}
