package io.mailstream.sender.provider.common;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * The certificates that an account trusts in place of Java's: those of one PEM file, such as of a
 * relay with an authority of its own. Host names are checked all the same.
 */
public final class TrustedCertificates {

  private static final String KEY = "trusted_certificates";
  private static final Pattern PATH = Pattern.compile("\\P{Cntrl}{1,4096}");

  private TrustedCertificates() {}

  /** TLS that trusts what the account's setting names; empty: it has none. */
  public static Optional<SSLContext> of(AccountSettings reader) {
    Optional<String> path = reader.text(KEY, PATH, "the path of a PEM file");
    try {
      return path.isEmpty() ? Optional.empty() : Optional.of(trusting(Path.of(path.get())));
    } catch (IOException | GeneralSecurityException | InvalidPathException e) {
      reader.fault(
          "%s: %s cannot be used (%s): give a readable PEM file with one certificate or more"
              .formatted(KEY, path.get(), e));
      return Optional.empty();
    }
  }

  private static SSLContext trusting(Path file) throws IOException, GeneralSecurityException {
    Collection<? extends Certificate> certificates;
    try (InputStream in = Files.newInputStream(file)) {
      certificates = CertificateFactory.getInstance("X.509").generateCertificates(in);
    }
    if (certificates.isEmpty()) {
      throw new CertificateException("no certificate in it");
    }
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    for (Certificate certificate : certificates) {
      trusted.setCertificateEntry("certificate-" + trusted.size(), certificate);
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
