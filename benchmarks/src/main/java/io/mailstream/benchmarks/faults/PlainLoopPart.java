package io.mailstream.benchmarks.faults;

import io.mailstream.benchmarks.Part;
import io.mailstream.embedded.ses.ReceivedMail;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.StringDeserializer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.crt.AwsCrtHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sesv2.SesV2Client;
import software.amazon.awssdk.services.sesv2.model.MessageTag;

/**
 * What many write: poll, call the AWS SDK for each record, commit. The SDK's own retries are as it
 * has them; a call that fails after them is made again.
 */
final class PlainLoopPart {

  private static final Duration POLL = Duration.ofMillis(200);
  private static final int AT_ONCE = 50;

  private PlainLoopPart() {}

  /**
   * Runs until it is killed or its parent ends.
   *
   * @param args the brokers, the topic, the ESP, whether to commit before the calls, the session
   *     timeout in milliseconds
   */
  public static void main(String[] args) {
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          ProcessHandle.current().parent().orElseThrow().onExit().join();
          Runtime.getRuntime().halt(0);
        });
    boolean commitFirst = Boolean.parseBoolean(args[3]);
    try (SesV2Client ses =
        SesV2Client.builder()
            .httpClientBuilder(AwsCrtHttpClient.builder().maxConcurrency(AT_ONCE))
            .overrideConfiguration(o -> o.apiCallAttemptTimeout(Duration.ofSeconds(3)))
            .endpointOverride(URI.create(args[2]))
            .region(Region.EU_WEST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret")))
            .build()) {
      while (true) {
        loop(ses, args[0], args[1], commitFirst, args[4]);
      }
    }
  }

  private static void loop(
      SesV2Client ses, String brokers, String topic, boolean commitFirst, String session) {
    try (Consumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", brokers,
                "group.id", topic,
                "session.timeout.ms", session,
                "heartbeat.interval.ms", String.valueOf(Integer.parseInt(session) / 4),
                "enable.auto.commit", false,
                "max.poll.records", AT_ONCE,
                "auto.offset.reset", "earliest"),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.subscribe(List.of(topic));
      boolean said = false;
      while (true) {
        ConsumerRecords<String, String> records = consumer.poll(POLL);
        if (!said && !consumer.assignment().isEmpty()) {
          System.out.println(Part.READY);
          said = true;
        }
        if (commitFirst && !records.isEmpty()) {
          consumer.commitSync();
        }
        for (ConsumerRecord<String, String> record : records) {
          send(ses, record.key(), record.value());
        }
        if (!commitFirst && !records.isEmpty()) {
          consumer.commitSync();
        }
      }
    } catch (KafkaException e) {
      // The broker is away, or the group goes on without this one: once more from the start.
    }
  }

  private static void send(SesV2Client ses, String deliveryId, String address) {
    SdkBytes message =
        SdkBytes.fromString(
            "From: post@shop.example\r\nTo: %s\r\nSubject: No. %s\r\n\r\nThank you.\r\n"
                .formatted(address, deliveryId),
            StandardCharsets.UTF_8);
    while (true) {
      try {
        ses.sendEmail(mail ->
            mail.fromEmailAddress("post@shop.example")
                .destination(to -> to.toAddresses(address))
                .emailTags(
                    MessageTag.builder()
                        .name(ReceivedMail.DELIVERY_ID_TAG)
                        .value(deliveryId)
                        .build())
                .content(content -> content.raw(raw -> raw.data(message))));
        return;
      } catch (SdkException e) {
        // Once more.
      }
    }
  }
}
