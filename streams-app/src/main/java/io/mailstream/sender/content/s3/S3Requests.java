package io.mailstream.sender.content.s3;

import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * Requests for objects in S3, signed by the AWS SDK. Its S3 client is not used: one GET does not
 * pay for it.
 */
public final class S3Requests implements AutoCloseable {

  /** Set by the HTTP client itself, to what was signed. */
  private static final String HOST = "Host";

  private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
  private final AwsCredentialsProvider credentials;
  private final S3Settings settings;

  private S3Requests(S3Settings settings, AwsCredentialsProvider credentials) {
    this.settings = settings;
    this.credentials = credentials;
  }

  /** Requests by these settings; connects to nothing yet. */
  public static S3Requests create(S3Settings settings) {
    return new S3Requests(
        settings,
        settings
            .keys()
            .<AwsCredentialsProvider>map(keys ->
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(keys.accessKeyId(), keys.secretAccessKey())))
            .orElseGet(() -> DefaultCredentialsProvider.builder().build()));
  }

  /** The request for an object, by its {@code s3://bucket/key}. */
  public HttpRequest get(URI object) {
    SdkHttpFullRequest request =
        SdkHttpFullRequest.builder().method(SdkHttpMethod.GET).uri(address(object)).build();
    SignedRequest signed =
        signer.sign(r ->
            r.identity(credentials.resolveCredentials())
                .request(request)
                .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                .putProperty(AwsV4HttpSigner.REGION_NAME, settings.region())
                .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false));
    return converted(signed.request());
  }

  private URI address(URI object) {
    String bucket = object.getRawAuthority();
    String path = object.getRawPath();
    if (settings.endpoint().isPresent()) {
      return settings.endpoint().get().resolve("/" + bucket + path);
    }
    String region = settings.region();
    String host = "s3." + region + ".amazonaws.com" + (region.startsWith("cn-") ? ".cn" : "");
    // A dot in a bucket's name is none in the certificate's.
    return bucket.indexOf('.') < 0
        ? URI.create("https://" + bucket + "." + host + path)
        : URI.create("https://" + host + "/" + bucket + path);
  }

  private static HttpRequest converted(SdkHttpRequest signed) {
    HttpRequest.Builder request = HttpRequest.newBuilder(signed.getUri());
    for (Map.Entry<String, List<String>> header : signed.headers().entrySet()) {
      if (!header.getKey().equalsIgnoreCase(HOST)) {
        header.getValue().forEach(value -> request.header(header.getKey(), value));
      }
    }
    return request.build();
  }

  @Override
  public void close() {
    if (credentials instanceof SdkAutoCloseable closeable) {
      closeable.close();
    }
  }
}
