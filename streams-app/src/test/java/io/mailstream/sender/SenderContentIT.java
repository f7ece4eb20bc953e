package io.mailstream.sender;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.mailstream.policy.References;
import io.mailstream.sender.provider.SendOutcome;
import io.mailstream.v1.DeferralReason;
import io.mailstream.v1.Delivery;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.Lane;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ReferenceContent;
import io.mailstream.v1.ResultStatus;
import io.mailstream.v1.SendResult;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Content that deliveries refer to is fetched, and keeps no other mail from being sent. */
class SenderContentIT {

  private static final byte[] CONTENT = "{\"text\":\"by reference\"}".getBytes(UTF_8);

  private final CountDownLatch gate = new CountDownLatch(1);
  private final Map<String, Delivery> sent = new ConcurrentHashMap<>();
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/mail/",
        exchange -> {
          SenderRig.await(gate);
          boolean there = !exchange.getRequestURI().getPath().endsWith("gone");
          exchange.sendResponseHeaders(there ? 200 : 404, there ? CONTENT.length : -1);
          exchange.getResponseBody().write(there ? CONTENT : new byte[0]);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    gate.countDown();
    server.stop(0);
  }

  @Test
  void mailWithoutReferencesGoesOnWhileContentIsWaitedFor() throws Exception {
    try (SenderRig rig = new SenderRig()) {
      rig.references(new References(List.of(uri("/mail/")), 1000));
      rig.provider.answers(delivery -> {
        sent.put(delivery.getDeliveryId(), delivery);
        return new SendOutcome.Accepted("id");
      });
      List<Delivery> large =
          Stream.iterate(0, i -> i + 1).limit(60).map(i -> refer(rig, "/mail/" + i)).toList();
      rig.dispatch(large);
      List<Delivery> small = rig.dispatch(60);
      // 60 open sends are 40 calls, of which 8 may wait for content.
      rig.start("a", Checkpoints.NONE, Map.of(SenderConfig.OPEN_SENDS, "60"));

      SenderRig.await(
          "the small ones",
          () -> small.stream().allMatch(mail -> sent.containsKey(mail.getDeliveryId())));
      SenderRig.await("the others to come back", () -> rig.deferrals().size() >= 52);
      assertThat(sent).hasSize(60);
      assertThat(rig.deferrals())
          .hasSize(52)
          .allMatch(deferral -> deferral.getReason() == DeferralReason.NOT_STARTED)
          .allMatch(deferral -> deferral.getReasonCode() == ReasonCode.CONTENT_UNAVAILABLE)
          .allMatch(d -> d.getDelivery().getContent() instanceof ReferenceContent);

      gate.countDown();
      SenderRig.await("all results", () -> rig.results().size() >= 68);
      assertThat(sent.values())
          .filteredOn(mail -> mail.getSubject().equals("by reference"))
          .hasSize(8)
          .extracting(Delivery::getContent)
          .containsOnly(new InlineContent("by reference", null, List.of()));

      Delivery gone = refer(rig, "/mail/gone");
      rig.dispatch(List.of(gone));
      SenderRig.await("the last result", () -> rig.results().size() >= 69);
      SendResult failed = rig.results().getLast();
      assertThat(failed.getDeliveryId()).isEqualTo(gone.getDeliveryId());
      assertThat(failed.getStatus()).isEqualTo(ResultStatus.FAILED);
      assertThat(failed.getReasons()).containsExactly(ReasonCode.CONTENT_UNAVAILABLE);
      assertThat(failed.getAttempts()).isZero();
      assertThat(rig.provider.calls(gone.getDeliveryId())).isZero();
    }
  }

  private Delivery refer(SenderRig rig, String path) {
    Delivery delivery = rig.delivery(Lane.BULK);
    delivery.setSubject("by reference");
    delivery.setContent(
        new ReferenceContent(uri(path).toString(), sha256(), (long) CONTENT.length));
    return delivery;
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  private static String sha256() {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(CONTENT));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
