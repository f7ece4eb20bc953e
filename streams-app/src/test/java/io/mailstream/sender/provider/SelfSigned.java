package io.mailstream.sender.provider;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** TLS sockets with a certificate that nobody trusts but who is told to. */
public final class SelfSigned {

  private static final String PASSWORD = "not-a-secret";

  private SelfSigned() {}

  /** Sockets of a server whose certificate is for 127.0.0.1. */
  public static ServerSocketFactory sockets(Path directory)
      throws IOException, GeneralSecurityException, InterruptedException {
    return context(directory).getServerSocketFactory();
  }

  /** The certificate as a PEM file, once there are sockets or a context. */
  public static Path pem(Path directory) {
    return directory.resolve("server.pem");
  }

  /** A server with the certificate. */
  public static SSLContext context(Path directory)
      throws IOException, GeneralSecurityException, InterruptedException {
    Path file = directory.resolve("untrusted.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                file.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "2")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool ended with " + keytool.exitValue());
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
    managers.init(keys, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    Files.writeString(
        pem(directory),
        "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
            .formatted(
                Base64.getMimeEncoder()
                    .encodeToString(keys.getCertificate("server").getEncoded())));
    return context;
  }
}
