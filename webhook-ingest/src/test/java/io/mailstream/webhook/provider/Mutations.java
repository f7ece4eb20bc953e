package io.mailstream.webhook.provider;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.slf4j.LoggerFactory;

/** Genuine callbacks, changed at random: none is taken unless what is covered is as it was. */
final class Mutations {

  private static final int COUNT = Integer.getInteger("mailstream.mutations", 20_000);
  private static final int MAX_CHANGES = 3;

  private Mutations() {}

  static void run(WebhookContract contract) {
    long seed = Long.getLong("mailstream.seed", System.nanoTime());
    Random random = new Random(seed);
    List<WebhookRequest> genuine = List.of(contract.hardBounce(), contract.complaint());
    WebhookProvider provider = contract.provider();
    Logger log = (Logger) LoggerFactory.getLogger(provider.getClass());
    Level before = log.getLevel();
    log.setLevel(Level.OFF);
    long begun = System.nanoTime();
    int unchanged = 0;
    try {
      for (int i = 0; i < COUNT; i++) {
        WebhookRequest original = genuine.get(i % genuine.size());
        WebhookRequest mutated = mutate(original, random);
        Receipt receipt = provider.receive(mutated, contract.now());
        if (receipt instanceof Receipt.Authentic || receipt instanceof Receipt.Done) {
          unchanged++;
          assertThat(contract.covered(mutated))
              .as("-Dmailstream.seed=%d, mutation %d of %s", seed, i, provider.name())
              .isEqualTo(contract.covered(original));
        }
      }
    } finally {
      log.setLevel(before);
    }
    assertThat(unchanged).as("most mutations matter; seed %d", seed).isLessThan(COUNT);
    System.out.printf(
        "%s: %d mutated callbacks in %d ms, seed %d: 0 accepted with what is covered changed, %d"
            + " with it as it was%n",
        provider.name(),
        COUNT,
        Duration.ofNanos(System.nanoTime() - begun).toMillis(),
        seed,
        unchanged);
  }

  private static WebhookRequest mutate(WebhookRequest original, Random random) {
    List<String> names = new ArrayList<>(original.headers().keySet());
    names.sort(null);
    int at = random.nextInt(names.size() * 2 + 1) - names.size();
    if (at < 1 || names.isEmpty()) {
      return new WebhookRequest(original.headers(), change(original.body(), random));
    }
    Map<String, String> headers = new HashMap<>(original.headers());
    headers.computeIfPresent(
        names.get(at - 1),
        (name, value) ->
            new String(
                change(value.getBytes(StandardCharsets.ISO_8859_1), random),
                StandardCharsets.ISO_8859_1));
    return new WebhookRequest(headers, original.body());
  }

  private static byte[] change(byte[] bytes, Random random) {
    byte[] changed = bytes;
    for (int i = random.nextInt(MAX_CHANGES); i >= 0; i--) {
      changed = changeOnce(changed, random);
    }
    return changed;
  }

  private static byte[] changeOnce(byte[] bytes, Random random) {
    if (bytes.length == 0) {
      return new byte[] {(byte) random.nextInt(256)};
    }
    int at = random.nextInt(bytes.length);
    byte[] copy = bytes.clone();
    return switch (random.nextInt(7)) {
      case 0 -> {
        copy[at] ^= (byte) (1 << random.nextInt(8));
        yield copy;
      }
      case 1 -> {
        copy[at] = (byte) random.nextInt(256);
        yield copy;
      }
      case 2 -> {
        int other = random.nextInt(bytes.length);
        copy[at] = bytes[other];
        copy[other] = bytes[at];
        yield copy;
      }
      case 3 -> spliced(bytes, at, at + 1, new byte[0]);
      case 4 -> spliced(bytes, at, at, new byte[] {(byte) (' ' + random.nextInt(95))});
      case 5 -> Arrays.copyOf(bytes, at);
      default -> {
        int end = Math.min(bytes.length, at + 1 + random.nextInt(16));
        yield spliced(bytes, end, end, Arrays.copyOfRange(bytes, at, end));
      }
    };
  }

  /** With other bytes in the place of those from {@code start} to {@code end}. */
  private static byte[] spliced(byte[] bytes, int start, int end, byte[] insert) {
    byte[] result = new byte[start + insert.length + bytes.length - end];
    System.arraycopy(bytes, 0, result, 0, start);
    System.arraycopy(insert, 0, result, start, insert.length);
    System.arraycopy(bytes, end, result, start + insert.length, bytes.length - end);
    return result;
  }
}
