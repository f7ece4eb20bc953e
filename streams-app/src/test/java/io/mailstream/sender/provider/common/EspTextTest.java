package io.mailstream.sender.provider.common;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EspTextTest {

  @Test
  void theStatusIsTheOneThatIsQuoted() {
    assertThat(EspText.code("SES refused the message (400 MessageRejected: no)")).contains("400");
    assertThat(EspText.code("SendGrid failed (503)")).contains("503");
    assertThat(EspText.code("refused at RCPT (550 5.1.1 unknown)")).contains("550");
    assertThat(EspText.code("the request was not written (Connection refused)")).isEmpty();
    assertThat(EspText.code("12 of (1234 bytes)")).isEmpty();
    assertThat(EspText.code(null)).isEmpty();
  }
}
