package io.mailstream.sender.provider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.mailstream.policy.Account;
import io.mailstream.sender.provider.Deliveries;
import io.mailstream.sender.provider.EmailProvider;
import io.mailstream.sender.provider.ProviderFactory;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.provider.SendOutcome.Accepted;
import io.mailstream.sender.provider.SendOutcome.Deferred;
import io.mailstream.sender.provider.SendOutcome.Scope;
import jakarta.mail.internet.MimeMessage;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The normal dialogue with an SMTP server that is not ours, login included. */
class GreenMailTest {

  private final GreenMail server = new GreenMail(ServerSetup.SMTP.dynamicPort());

  @BeforeEach
  void start() {
    server.setUser("sender@example.com", "sender", "right-password");
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  private EmailProvider provider(String password) {
    return ProviderFactory.create(
        new Account(
            "main",
            "smtp",
            Optional.empty(),
            Map.of(
                "host", "127.0.0.1",
                "port", String.valueOf(server.getSmtp().getPort()),
                "tls", "none")),
        Map.of("accounts.main.user", "sender", "accounts.main.password", password));
  }

  @Test
  void mailArrivesAsItWasComposed() throws Exception {
    try (EmailProvider provider = provider("right-password")) {
      for (int i = 0; i < 3; i++) {
        assertThat(provider.send(Deliveries.rich().build())).isInstanceOf(Accepted.class);
      }
      assertThat(server.waitForIncomingEmail(30_000, 3)).isTrue();
      MimeMessage[] messages = server.getReceivedMessages();
      assertThat(messages).hasSize(3);
      assertThat(messages[0].getSubject()).isEqualTo("Grüße");
      assertThat(messages[0].getHeader("X-Mailstream-Delivery-Id"))
          .containsExactly(Deliveries.rich().build().getDeliveryId());
      // The envelope has one recipient, the header all.
      assertThat(messages[0].getAllRecipients()).hasSize(3);
    }
  }

  @Test
  void wrongPasswordParksTheAccount() {
    try (EmailProvider provider = provider("wrong-password")) {
      SendOutcome outcome = provider.send(Deliveries.rich().build());
      assertThat(((Deferred) outcome).scope()).isEqualTo(Scope.ACCOUNT);
      assertThat(((Deferred) outcome).detail()).doesNotContain("password");
      assertThat(server.getReceivedMessages()).isEmpty();
    }
  }
}
