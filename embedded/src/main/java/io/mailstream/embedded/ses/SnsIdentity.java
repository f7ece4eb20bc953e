package io.mailstream.embedded.ses;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The key that the simulator signs its SNS messages with, its certificate in the name of
 * sns.amazonaws.com, and the certificate of the authority that issued it: one of our own, whose key
 * is thrown away.
 */
public final class SnsIdentity {

  private static final String KEY_FILE = "sns-signing.key";
  private static final String CERTIFICATE_FILE = "sns-signing.pem";
  private static final String CA_FILE = "sns-ca.pem";
  private static final Duration VALIDITY = Duration.ofDays(3650);
  private static final String HOST = "sns.amazonaws.com";

  private final PrivateKey key;
  private final X509Certificate certificate;
  private final X509Certificate ca;

  private SnsIdentity(PrivateKey key, X509Certificate certificate, X509Certificate ca) {
    this.key = key;
    this.certificate = certificate;
    this.ca = ca;
  }

  /**
   * The identity that a directory holds, or a new one, put there.
   *
   * @param directory where it is kept; empty: nowhere
   */
  public static SnsIdentity open(Optional<Path> directory) {
    try {
      if (directory.isPresent() && Files.exists(directory.get().resolve(CA_FILE))) {
        return load(directory.get());
      }
      SnsIdentity identity = generate();
      if (directory.isPresent()) {
        identity.store(directory.get());
      }
      return identity;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "SES simulator: cannot read or write its certificates in " + directory.orElseThrow(), e);
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("SES simulator: cannot make a certificate", e);
    }
  }

  /** Base64 of the signature of a text by SignatureVersion 1 (SHA-1) or 2 (SHA-256). */
  String sign(String text, String version) {
    try {
      Signature signature =
          Signature.getInstance(version.equals("1") ? "SHA1withRSA" : "SHA256withRSA");
      signature.initSign(key);
      signature.update(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform signs by RSA", e);
    }
  }

  /**
   * A notification as SNS posts it, signed by version 2.
   *
   * @param certificateUrl where the certificate is said to be
   */
  public String notification(String topicArn, String message, String certificateUrl, Instant now) {
    return SnsEnvelope.notification(topicArn, message, certificateUrl, now)
        .signed(this, "2", certificateUrl);
  }

  /** The certificate. */
  public String certificatePem() {
    return pem(certificate);
  }

  String caPem() {
    return pem(ca);
  }

  /** The path that SNS publishes its certificate under: named by a hash of it. */
  public String certificatePath() {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return "/SimpleNotificationService-" + HexFormat.of().formatHex(hash, 0, 16) + ".pem";
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate has an encoding", e);
    }
  }

  private static SnsIdentity generate()
      throws GeneralSecurityException, OperatorCreationException, IOException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair authority = generator.generateKeyPair();
    KeyPair signing = generator.generateKeyPair();
    X500Name authorityName = new X500Name("CN=Mailstream SES simulator CA, O=Mailstream");
    X509Certificate ca =
        issue(
            builder(authorityName, authorityName, authority)
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                .addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign)),
            authority);
    X509Certificate certificate =
        issue(
            builder(authorityName, new X500Name("CN=" + HOST), signing)
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                .addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment))
                .addExtension(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                .addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, HOST))),
            authority);
    return new SnsIdentity(signing.getPrivate(), certificate, ca);
  }

  private static JcaX509v3CertificateBuilder builder(
      X500Name issuer, X500Name subject, KeyPair keys) {
    Instant now = Instant.now();
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(127, new SecureRandom()),
        Date.from(now.minus(Duration.ofDays(1))),
        Date.from(now.plus(VALIDITY)),
        subject,
        keys.getPublic());
  }

  private static X509Certificate issue(X509v3CertificateBuilder builder, KeyPair authority)
      throws GeneralSecurityException, OperatorCreationException {
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(
                new JcaContentSignerBuilder("SHA256withRSA").build(authority.getPrivate())));
  }

  private void store(Path directory) throws IOException {
    Files.createDirectories(directory);
    Path keyFile = directory.resolve(KEY_FILE);
    Files.deleteIfExists(keyFile);
    if (keyFile.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          keyFile,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    Files.writeString(keyFile, pem(key));
    Files.writeString(directory.resolve(CERTIFICATE_FILE), certificatePem());
    Files.writeString(directory.resolve(CA_FILE), caPem());
  }

  private static SnsIdentity load(Path directory) throws IOException, GeneralSecurityException {
    PrivateKey key =
        new JcaPEMKeyConverter()
            .getPrivateKey(
                switch (pemObject(directory.resolve(KEY_FILE))) {
                  case PEMKeyPair pair -> pair.getPrivateKeyInfo();
                  case PrivateKeyInfo info -> info;
                  default -> throw new IOException(KEY_FILE + " holds no private key");
                });
    return new SnsIdentity(
        key,
        certificate(directory.resolve(CERTIFICATE_FILE)),
        certificate(directory.resolve(CA_FILE)));
  }

  private static X509Certificate certificate(Path file)
      throws IOException, GeneralSecurityException {
    if (pemObject(file) instanceof X509CertificateHolder holder) {
      return new JcaX509CertificateConverter().getCertificate(holder);
    }
    throw new IOException(file.getFileName() + " holds no certificate");
  }

  private static Object pemObject(Path file) throws IOException {
    try (PEMParser parser = new PEMParser(new StringReader(Files.readString(file)))) {
      return parser.readObject();
    }
  }

  private static String pem(Object object) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return text.toString();
  }
}
