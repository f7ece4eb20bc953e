package io.mailstream.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.schemas.DeadLetterHeaders;
import io.mailstream.v1.Lane;
import io.mailstream.v1.SendResult;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad input never stops the line. */
class Promise7BadInputIT {

  @Test
  void whatCannotBeReadGoesToTheDeadLettersAndTheLineGoesOn(@TempDir Path directory) {
    try (LiveMail mail = new LiveMail(directory, 2, MailDriver.POLICIES, Map.of()).start()) {
      mail.awaitReady();
      String requests = mail.topics.requests(Lane.BULK);
      byte[] good = mail.bytes(requests, Requests.of("r0", "ann@example.com"));
      List<byte[]> bad =
          List.of(
              LiveMail.utf8("{\"json\": true}"),
              new byte[0],
              new byte[] {0, 0},
              ByteBuffer.allocate(9).put((byte) 0).putInt(987654).array(),
              Arrays.copyOf(good, good.length / 2),
              Arrays.copyOf(good, good.length + 3));
      for (byte[] value : bad) {
        mail.raw(requests, 0, LiveMail.utf8("k"), value);
      }
      mail.raw(requests, 0, null, null);
      mail.raw(requests, 0, null, mail.bytes(requests, Requests.of("r1", "ann@example.com")));
      mail.raw(requests, 0, null, mail.bytes(requests, Requests.of("r2", "not an address")));
      mail.flush();

      assertThat(mail.read(mail.topics.dispatch(Lane.BULK), 1)).hasSize(1);
      SendResult result = (SendResult) mail.record(mail.read(mail.topics.results(), 1).getFirst());
      assertThat(result.getRequestId()).isEqualTo("r2");

      List<ConsumerRecord<byte[], byte[]>> letters =
          mail.read(mail.topics.deadLetters(), bad.size() + 1);
      assertThat(letters).hasSize(bad.size() + 1);
      Set<String> offsets =
          letters.stream()
              .map(letter -> header(letter, DeadLetterHeaders.ORIGIN_OFFSET))
              .collect(Collectors.toSet());
      assertThat(offsets).containsExactlyInAnyOrder("0", "1", "2", "3", "4", "5", "6");
      assertThat(letters)
          .allSatisfy(letter -> {
            assertThat(header(letter, DeadLetterHeaders.ORIGIN_TOPIC)).isEqualTo(requests);
            assertThat(header(letter, DeadLetterHeaders.ORIGIN_PARTITION)).isEqualTo("0");
            assertThat(header(letter, DeadLetterHeaders.REASON)).isNotBlank();
            assertThat(letter.timestamp()).isGreaterThan(System.currentTimeMillis() - 60_000);
            int origin = Integer.parseInt(header(letter, DeadLetterHeaders.ORIGIN_OFFSET));
            if (origin < bad.size()) {
              assertThat(letter.value()).isEqualTo(bad.get(origin));
            }
          });
    }
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
