package io.mailstream.sender.provider.ses;

import io.mailstream.sender.provider.common.AccountSettings;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.crt.AwsCrtHttpClient;
import software.amazon.awssdk.http.crt.ProxyConfiguration;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sesv2.SesV2Client;
import software.amazon.awssdk.services.sesv2.SesV2ClientBuilder;

/**
 * The SDK's client: one HTTP request a call, in no layer a second.
 *
 * @param api makes the calls
 * @param http what it makes them with; the SDK does not close what it was given
 */
record SesClients(SesV2Client api, SdkHttpClient http) implements AutoCloseable {

  static SesClients create(SesSettings settings) {
    SdkHttpClient http = new WatchedHttpClient(http(settings));
    SesV2ClientBuilder builder =
        SesV2Client.builder()
            .region(Region.of(settings.region()))
            .credentialsProvider(credentials(settings))
            .httpClient(http)
            .overrideConfiguration(o ->
                o.retryStrategy(AwsRetryStrategy.doNotRetry())
                    .apiCallTimeout(settings.calls().callTimeout()));
    settings.endpoint().ifPresent(builder::endpointOverride);
    return new SesClients(builder.build(), http);
  }

  @Override
  public void close() {
    api.close();
    http.close();
  }

  /** CRT on the calling virtual thread: the cheapest (docs/adr/0006). It repeats nothing. */
  private static SdkHttpClient http(SesSettings settings) {
    AwsCrtHttpClient.Builder builder =
        AwsCrtHttpClient.builder()
            .maxConcurrency(settings.calls().maxConnections())
            .connectionTimeout(settings.calls().connectTimeout())
            .tlsNegotiationTimeout(settings.calls().connectTimeout())
            .connectionAcquisitionTimeout(settings.calls().callTimeout())
            .connectionMaxIdleTime(settings.calls().idleTimeout());
    if (settings.endpoint().filter(uri -> AccountSettings.isLoopback(uri.getHost())).isPresent()) {
      builder.proxyConfiguration(
          ProxyConfiguration.builder()
              .useSystemPropertyValues(false)
              .useEnvironmentVariableValues(false)
              .build());
    }
    return builder.build();
  }

  private static AwsCredentialsProvider credentials(SesSettings settings) {
    return settings
        .credentials()
        .<AwsCredentialsProvider>map(c -> StaticCredentialsProvider.create(keys(c)))
        .orElseGet(() -> DefaultCredentialsProvider.builder().build());
  }

  private static AwsCredentials keys(SesSettings.Credentials credentials) {
    String id = credentials.accessKeyId();
    String secret = credentials.secretAccessKey();
    return credentials
        .sessionToken()
        .<AwsCredentials>map(token -> AwsSessionCredentials.create(id, secret, token))
        .orElseGet(() -> AwsBasicCredentials.create(id, secret));
  }
}
