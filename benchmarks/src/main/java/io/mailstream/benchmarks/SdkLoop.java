package io.mailstream.benchmarks;

import io.mailstream.sender.mime.Composition;
import io.mailstream.sender.mime.MimeComposer;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.crt.AwsCrtHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sesv2.SesV2AsyncClient;
import software.amazon.awssdk.services.sesv2.SesV2Client;

/**
 * Bare loops over the AWS SDK: one ready message again and again, no queue, nothing composed and
 * nothing remembered. What the machine spends on them is this process's own work and the sink's.
 */
final class SdkLoop {

  static final String NETTY = "AWS SDK loop, asynchronous, Netty (its default)";
  static final String CRT = "AWS SDK loop, CRT on virtual threads (its cheapest)";

  static final int BODY_BYTES = 2_000;
  private static final StaticCredentialsProvider CREDENTIALS =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret"));

  private SdkLoop() {}

  /** A message as the sender would compose it. */
  static byte[] ready(int bodyBytes) {
    MimeComposer composer = new MimeComposer("X-SES-", 10_000_000);
    return switch (composer.compose(new Mails("ready", bodyBytes).delivery(1))) {
      case Composition.Message message -> message.bytes();
      case Composition.Refused refused -> throw new IllegalStateException(refused.detail());
    };
  }

  static Contender netty(URI endpoint, Part sink, int atOnce, List<AutoCloseable> open) {
    SesV2AsyncClient client =
        SesV2AsyncClient.builder()
            .httpClientBuilder(NettyNioAsyncHttpClient.builder().maxConcurrency(atOnce))
            .endpointOverride(endpoint)
            .region(Region.EU_WEST_1)
            .credentialsProvider(CREDENTIALS)
            .build();
    open.add(client);
    SdkBytes message = SdkBytes.fromByteArrayUnsafe(ready(BODY_BYTES));
    return contender(
        NETTY,
        sink,
        messages -> {
          Semaphore free = new Semaphore(atOnce);
          CompletableFuture<?>[] calls = new CompletableFuture<?>[messages];
          for (int i = 0; i < messages; i++) {
            free.acquire();
            calls[i] =
                client
                    .sendEmail(request -> request.content(c -> c.raw(raw -> raw.data(message))))
                    .whenComplete((answer, e) -> free.release());
          }
          CompletableFuture.allOf(calls).get();
        });
  }

  static Contender crt(URI endpoint, Part sink, int atOnce, List<AutoCloseable> open) {
    SesV2Client client = cheapest(endpoint, atOnce);
    open.add(client);
    byte[] message = ready(BODY_BYTES);
    return contender(
        CRT, sink, messages -> InFlight.run(messages, atOnce, number -> post(client, message)));
  }

  /** The client that costs the least. */
  static SesV2Client cheapest(URI endpoint, int atOnce) {
    return SesV2Client.builder()
        .httpClientBuilder(AwsCrtHttpClient.builder().maxConcurrency(atOnce))
        .endpointOverride(endpoint)
        .region(Region.EU_WEST_1)
        .credentialsProvider(CREDENTIALS)
        .build();
  }

  /** Sends a ready message and waits for the answer. */
  static void post(SesV2Client client, byte[] message) {
    client.sendEmail(request ->
        request.content(
            content -> content.raw(raw -> raw.data(SdkBytes.fromByteArrayUnsafe(message)))));
  }

  /** Sends a number of messages and returns when all are answered. */
  @FunctionalInterface
  interface Work {
    void send(int messages) throws Exception;
  }

  /** A contender that works in this process. */
  static Contender contender(String name, Part sink, Work work) {
    return new Contender() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Sample run(int messages, int round) throws Exception {
        return Meter.measure(
            messages, "this process", Map.of(Sample.SINK, sink), () -> work.send(messages));
      }
    };
  }
}
