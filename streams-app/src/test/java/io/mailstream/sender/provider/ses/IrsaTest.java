package io.mailstream.sender.provider.ses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.WebIdentityTokenFileCredentialsProvider;

/** Credentials by the token of a Kubernetes service account, as Amazon EKS brings them. */
class IrsaTest {

  @TempDir private Path directory;

  /** The SDK says that it misses its module sts before it looks for the token. */
  @Test
  void findsTheModuleThatExchangesTheToken() {
    try (WebIdentityTokenFileCredentialsProvider provider =
        WebIdentityTokenFileCredentialsProvider.builder()
            .roleArn("arn:aws:iam::123456789012:role/mailstream-sender")
            .roleSessionName("test")
            .webIdentityTokenFile(directory.resolve("token"))
            .build()) {
      assertThatThrownBy(provider::resolveCredentials)
          .hasRootCauseInstanceOf(NoSuchFileException.class);
    }
    assertThat(directory).isEmptyDirectory();
  }
}
