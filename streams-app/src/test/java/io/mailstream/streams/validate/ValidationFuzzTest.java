package io.mailstream.streams.validate;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mailstream.schemas.RecipientKey;
import io.mailstream.sender.mime.WireAddress;
import io.mailstream.v1.Header;
import io.mailstream.v1.ReasonCode;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Addresses and header fields out of anything: what validation lets pass is one address for
 * everybody after it, and one line. See docs/testing.md.
 */
class ValidationFuzzTest {

  @FuzzTest(maxDuration = "10m")
  void whatPassesIsOneAddress(byte[] given) throws AddressException {
    String address = new String(given, StandardCharsets.UTF_8);
    Faults faults = new Faults();
    Optional<String> key = AddressRules.check(faults, ReasonCode.INVALID_ADDRESS, "to", address);

    assertThat(key.isPresent()).isEqualTo(faults.isEmpty());
    if (key.isEmpty()) {
      return;
    }
    assertThat(key).isEqualTo(RecipientKey.find(address));
    assertThat(address.chars().noneMatch(Character::isISOControl)).isTrue();
    assertThat(address.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(254);
    if (WireAddress.find(address).isPresent()) {
      String wire = WireAddress.find(address).orElseThrow();
      assertThat(RecipientKey.find(wire)).isEqualTo(key);
      // Jakarta Mail takes a backslash behind a backslash for the beginning of another pair.
      if (!wire.contains("\\\\")) {
        assertThat(InternetAddress.parse(wire, true)).hasSize(1);
      }
    } else {
      // Only where the ESP would need SMTPUTF8.
      assertThat(address.substring(0, address.lastIndexOf('@')).chars().anyMatch(c -> c > 0x7e))
          .isTrue();
    }
  }

  @FuzzTest(maxDuration = "10m")
  void whatPassesIsOneHeaderField(FuzzedDataProvider data) {
    Header header = new Header(data.consumeString(140), data.consumeRemainingAsString());
    Faults faults = new Faults();
    HeaderRules.check(faults, List.of(header));

    if (faults.isEmpty()) {
      assertThat(header.getName()).matches("[!-9;-~]{1,126}");
      assertThat(HeaderRules.isReserved(header.getName())).isFalse();
      assertThat(header.getValue().chars().noneMatch(c -> c != '\t' && Character.isISOControl(c)))
          .isTrue();
    } else {
      assertThat(faults.describe()).doesNotContain("\r").doesNotContain("\n");
    }
  }
}
