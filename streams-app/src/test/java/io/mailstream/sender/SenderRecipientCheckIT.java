package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.embedded.dns.AuthoritativeDns;
import io.mailstream.sender.recipient.RecipientCheckConfig;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.Lane;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recipients whose domain takes no mail get one refusal and no call; all else goes, once. */
class SenderRecipientCheckIT {

  private static final int EACH = 20;

  @TempDir Path dir;

  @Test
  void mailThatCannotArriveIsRefusedAndAllElseGoesOnce() throws Exception {
    Path disposable = dir.resolve("disposable.txt");
    Files.writeString(disposable, "# throw away\nthrow.test\n");
    try (SenderRig rig = new SenderRig();
        AuthoritativeDns dns =
            AuthoritativeDns.start()
                .zone("test", "good MX 10 mail\nnull MX 0 .\nsilent MX 10 mail\n")
                .zone("gmial.com", "@ MX 10 mail")) {
      dns.silence("silent.test");
      List<Delivery> mails = new ArrayList<>();
      for (int i = 0; i < EACH; i++) {
        for (String domain :
            List.of(
                "good.test",
                "null.test",
                "missing.test",
                "silent.test",
                "throw.test",
                "gmial.com")) {
          mails.add(
              rig.delivery(
                  i % 2 == 0 ? Lane.BULK : Lane.TRANSACTIONAL, "jane%d@%s".formatted(i, domain)));
        }
      }
      rig.dispatch(mails);
      rig.start(
          "a",
          Checkpoints.NONE,
          Map.of(
              RecipientCheckConfig.CHECK,
              "dns",
              "sender.recipient.check.timeout.ms",
              "300",
              RecipientCheckConfig.SERVERS,
              dns.hostAndPort(),
              RecipientCheckConfig.DISPOSABLE_FILE,
              disposable.toString()));

      SenderRig.await("a result each", () -> rig.results().size() >= mails.size());
      List<SendResult> results = rig.results();
      assertThat(results.size()).isEqualTo(mails.size());
      Map<String, List<SendResult>> byDomain =
          results.stream()
              .collect(
                  Collectors.groupingBy(
                      result -> result.getRecipient().replaceFirst(".*@", ""),
                      Collectors.toList()));
      assertSent(byDomain.get("good.test"), null);
      assertSent(byDomain.get("silent.test"), null);
      assertSent(byDomain.get("gmial.com"), "the domain gmial.com may be misspelt: gmail.com?");
      assertRefused(byDomain.get("null.test"), ReasonCode.UNDELIVERABLE_DOMAIN);
      assertRefused(byDomain.get("missing.test"), ReasonCode.UNDELIVERABLE_DOMAIN);
      assertRefused(byDomain.get("throw.test"), ReasonCode.DISPOSABLE_DOMAIN);

      Map<String, Delivery> byId =
          mails.stream().collect(Collectors.toMap(Delivery::getDeliveryId, Function.identity()));
      byId.forEach((id, mail) -> {
        String domain = mail.getRecipient().getAddress().replaceFirst(".*@", "");
        boolean goes = List.of("good.test", "silent.test", "gmial.com").contains(domain);
        assertThat(rig.provider.calls(id)).isEqualTo(goes ? 1 : 0);
      });
      assertThat(rig.count("outcomes", "kind", "refused")).isEqualTo(3.0 * EACH);
    }
  }

  private static void assertSent(List<SendResult> results, String detail) {
    assertThat(results)
        .hasSize(EACH)
        .allMatch(result -> result.getStatus() == ResultStatus.SENT)
        .extracting(SendResult::getDetail)
        .containsOnly(detail);
  }

  private static void assertRefused(List<SendResult> results, ReasonCode reason) {
    assertThat(results)
        .hasSize(EACH)
        .allMatch(result -> result.getStatus() == ResultStatus.REJECTED)
        .allMatch(result -> result.getReasons().equals(List.of(reason)))
        .allMatch(result -> result.getAttempts() == 0)
        .noneMatch(result -> result.getDetail().contains("jane"));
  }
}
