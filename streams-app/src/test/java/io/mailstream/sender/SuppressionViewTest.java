package io.mailstream.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.schemas.RecipientHash;
import io.mailstream.sender.SuppressionView.Answer;
import io.mailstream.sender.provider.Deliveries;
import io.mailstream.v1.Suppression;
import io.mailstream.v1.SuppressionEntry;
import io.mailstream.v1.SuppressionReason;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SuppressionViewTest {

  private static final String OLD_KEY = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
  private static final RecipientHash KEYED =
      RecipientHash.of("k2:Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=," + OLD_KEY);
  private static final String ADDRESS = "jane@example.com";

  private final SuppressionView view = new SuppressionView(KEYED);

  @Test
  void aHashedAddressIsFoundByTheClearOne() {
    assertThat(look(ADDRESS)).isInstanceOf(Answer.Clear.class);

    put(KEYED.current(ADDRESS));

    assertThat(look(ADDRESS)).isInstanceOf(Answer.Suppressed.class);
    assertThat(look("john@example.com")).isInstanceOf(Answer.Clear.class);
  }

  @Test
  void whatAnotherKeyOrNoneWroteIsFoundAndCanMove() {
    String before = RecipientHash.of(OLD_KEY).current(ADDRESS);
    for (String key : List.of(before, ADDRESS)) {
      put(key);
      assertThat(look(ADDRESS)).isInstanceOf(Answer.Suppressed.class);
      view.remove(key);
      assertThat(look(ADDRESS)).isInstanceOf(Answer.Clear.class);
    }
  }

  private Answer look(String address) {
    return view.look(address, Deliveries.to(address).build(), 0);
  }

  private void put(String key) {
    SuppressionEntry entry =
        SuppressionEntry.newBuilder()
            .setReason(SuppressionReason.MANUAL)
            .setSourceEventId("c1")
            .setCreatedAt(Instant.EPOCH)
            .build();
    view.put(key, new Suppression(key, List.of(entry), "c1", Instant.EPOCH), 0);
  }
}
