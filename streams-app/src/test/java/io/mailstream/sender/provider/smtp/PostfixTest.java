package io.mailstream.sender.provider.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mailstream.policy.Account;
import io.mailstream.sender.provider.Deliveries;
import io.mailstream.sender.provider.EmailProvider;
import io.mailstream.sender.provider.Eventually;
import io.mailstream.sender.provider.ProviderFactory;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.sender.provider.SendOutcome.Accepted;
import io.mailstream.sender.provider.SendOutcome.Rejected;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.ReasonCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real relay: PIPELINING, SIZE, SMTPUTF8 and several messages a connection, as Postfix has them.
 */
class PostfixTest {

  @Test
  void everyAcceptedMailIsInTheRelaysQueueOnce(@TempDir Path directory) throws Exception {
    Optional<String> missing = Postfix.missing();
    assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
    try (Postfix postfix = Postfix.start(directory);
        EmailProvider provider = provider(postfix)) {
      Eventually.holds("Postfix listens", postfix::isUp);
      List<String> accepted = new ArrayList<>();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Callable<SendOutcome>> sends =
            IntStream.range(0, 20)
                .<Callable<SendOutcome>>mapToObj(
                    i -> () -> provider.send(Deliveries.to("user" + i + "@example.org").build()))
                .toList();
        for (Future<SendOutcome> outcome : threads.invokeAll(sends)) {
          assertThat(outcome.get()).isInstanceOf(Accepted.class);
          accepted.add(((Accepted) outcome.get()).providerMessageId());
        }
      }
      Delivery international = Deliveries.to("jörg@müller.example").build();
      assertThat(provider.send(international)).isInstanceOf(Accepted.class);
      Delivery large =
          Deliveries.to("a@example.org").setContent(Deliveries.file(1_000_000)).build();
      assertThat(((Rejected) provider.send(large)).reason()).isEqualTo(ReasonCode.TOO_LARGE);

      // Postfix's queue ids, each one once.
      assertThat(accepted).doesNotHaveDuplicates().allMatch(id -> id.matches("[A-Za-z0-9]{8,20}"));
      List<String> messages = postfix.messages();
      assertThat(messages).hasSize(21);
      for (int i = 0; i < 20; i++) {
        String recipient = "recipient: user" + i + "@example.org\n";
        assertThat(messages.stream().filter(message -> message.contains(recipient))).hasSize(1);
      }
      assertThat(messages)
          .anyMatch(message -> message.contains("recipient: jörg@xn--mller-kva.example"))
          .allMatch(message ->
              message.contains("X-Mailstream-Delivery-Id: " + international.getDeliveryId()));
    }
  }

  private static EmailProvider provider(Postfix postfix) {
    return ProviderFactory.create(
        new Account(
            "main",
            "smtp",
            Optional.empty(),
            Map.of(
                "host", "127.0.0.1",
                "port", String.valueOf(postfix.port()),
                "tls", "none",
                "max_connections", "4")),
        Map.of());
  }
}
