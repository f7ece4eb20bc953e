package io.mailstream.webhook.provider.ses;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Signs SNS messages as Amazon does, with a certificate of its own. */
public final class SnsSigner {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final KeyPair keys;
  private final byte[] certificate;

  /**
   * A new key and certificate.
   *
   * @param host the host that the certificate is for
   */
  public SnsSigner(String host, Instant from, Instant to) {
    keys = newKeys();
    certificate = certificate(keys.getPublic(), keys.getPrivate(), host, from, to);
  }

  /** Valid from yesterday until tomorrow. */
  public static SnsSigner validNow(String host) {
    Instant now = Instant.now();
    return new SnsSigner(host, now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(1)));
  }

  /** The certificate as PEM. */
  public byte[] certificate() {
    return certificate.clone();
  }

  /** A notification, to be changed before it is signed. */
  public static Map<String, String> notification(
      String topicArn, URI certificateUrl, String message, Instant at) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("Type", "Notification");
    fields.put("MessageId", "9d2c5580-b61d-550c-8583-37a582870907");
    fields.put("TopicArn", topicArn);
    fields.put("Message", message);
    fields.put("Timestamp", timestamp(at));
    fields.put("SignatureVersion", "2");
    fields.put("SigningCertURL", certificateUrl.toString());
    fields.put("UnsubscribeURL", "https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe");
    return fields;
  }

  /** As SNS writes it: always in milliseconds. */
  static String timestamp(Instant at) {
    return DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'")
        .withZone(ZoneOffset.UTC)
        .format(at);
  }

  /** Signs, and gives the JSON. */
  public byte[] sign(Map<String, String> fields) {
    try {
      Map<String, String> signed = new LinkedHashMap<>(fields);
      Signature signature =
          Signature.getInstance(
              fields.get("SignatureVersion").equals("1") ? "SHA1withRSA" : "SHA256withRSA");
      signature.initSign(keys.getPrivate());
      signature.update(stringToSign(fields).getBytes(StandardCharsets.UTF_8));
      signed.put("Signature", Base64.getEncoder().encodeToString(signature.sign()));
      return JSON.writeValueAsBytes(signed);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Written apart from the code under test, from the SNS developer guide. */
  private static String stringToSign(Map<String, String> fields) {
    String[] names =
        fields.get("Type").equals("Notification")
            ? new String[] {"Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"}
            : new String[] {
              "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"
            };
    StringBuilder text = new StringBuilder();
    for (String name : names) {
      if (fields.containsKey(name)) {
        text.append(name).append('\n').append(fields.get(name)).append('\n');
      }
    }
    return text.toString();
  }

  static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** A certificate for any public key, issued with any private key. */
  static byte[] certificate(
      PublicKey subject, PrivateKey issuer, String host, Instant from, Instant to) {
    try {
      X500Name name = new X500Name("CN=" + host);
      X509Certificate certificate =
          new JcaX509CertificateConverter()
              .getCertificate(
                  new JcaX509v3CertificateBuilder(
                          name,
                          BigInteger.valueOf(from.toEpochMilli()),
                          Date.from(from),
                          Date.from(to),
                          name,
                          subject)
                      .addExtension(
                          Extension.subjectAlternativeName,
                          false,
                          new GeneralNames(new GeneralName(GeneralName.dNSName, host)))
                      .build(new JcaContentSignerBuilder("SHA256withRSA").build(issuer)));
      StringWriter text = new StringWriter();
      try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
        pem.writeObject(certificate);
      }
      return text.toString().replace("\r\n", "\n").getBytes(StandardCharsets.US_ASCII);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
