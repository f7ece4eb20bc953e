package io.mailstream.embedded.ses;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/** Ids that look like those of SES. */
final class Ids {

  private static final HexFormat HEX = HexFormat.of();

  private Ids() {}

  /** Such as {@code 0100018bd1a2b3c4-5f0c2f3e-8a4b-4c1d-9e2f-0a1b2c3d4e5f-000000}. */
  static String message() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    String a = HEX.toHexDigits(random.nextLong());
    String b = HEX.toHexDigits(random.nextLong());
    return "0100"
        + HEX.toHexDigits(System.currentTimeMillis(), 12)
        + '-'
        + a.substring(0, 8)
        + '-'
        + a.substring(8, 12)
        + '-'
        + a.substring(12)
        + '-'
        + b.substring(0, 4)
        + '-'
        + b.substring(4)
        + "-000000";
  }
}
