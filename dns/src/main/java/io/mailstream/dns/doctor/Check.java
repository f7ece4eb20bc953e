package io.mailstream.dns.doctor;

/** What is looked at, in the order in which it is told. */
public enum Check {
  DOMAIN("Domain"),
  SPF("SPF"),
  DKIM("DKIM"),
  DMARC("DMARC"),
  ALIGNMENT("Alignment"),
  MX("MX"),
  MTA_STS("MTA-STS"),
  TLS_RPT("TLS-RPT"),
  BIMI("BIMI"),
  PTR("PTR"),
  ESP("ESP");

  private final String title;

  Check(String title) {
    this.title = title;
  }

  /** Its name for people. */
  public String title() {
    return title;
  }
}
