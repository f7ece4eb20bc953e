package io.mailstream.sender.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailstream.policy.References;
import io.mailstream.sender.content.ContentFetcher.Result;
import io.mailstream.sender.provider.Eventually;
import io.mailstream.v1.InlineContent;
import io.mailstream.v1.ReasonCode;
import io.mailstream.v1.ReferenceContent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What waits in vain where a bound is missing is interrupted. */
@Timeout(30)
class ContentStoreTest {

  private static final Executor VIRTUAL = task -> Thread.ofVirtual().start(task);
  private static final String JSON = "{\"text\":\"hello\"}";
  private static final long SIZE = JSON.length();
  private static final String PREFIX = "https://files.example.com/mail/";
  private static final Referenced HELLO =
      new Referenced.Content(new InlineContent("hello", null, List.of()));

  private final Map<URI, Result> lies = new ConcurrentHashMap<>();
  private final AtomicInteger fetches = new AtomicInteger();
  private final CountDownLatch gate = new CountDownLatch(1);
  private final AtomicLong nanos = new AtomicLong(-7);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private volatile boolean gated;
  private final ContentFetcher fetcher =
      new ContentFetcher() {
        @Override
        public Result fetch(URI uri, long size) {
          fetches.incrementAndGet();
          if (gated) {
            ContentStoreTest.await(gate);
          }
          return lies.getOrDefault(uri, new Result.Refused("the server answered 404"));
        }

        @Override
        public void close() {}
      };
  private final ContentStore store = store(2, 10 * SIZE, 1 << 20);

  @Test
  void contentThatIsWhatItIsSaidToBeIsFetchedOnce() {
    lie("a", JSON);
    for (int i = 0; i < 3; i++) {
      assertThat(get("a")).isEqualTo(HELLO);
    }
    assertThat(fetches).hasValue(1);
    assertThat(meters.get("mailstream.sender.content.hits").counter().count()).isEqualTo(2);
    assertThat(
            meters
                .get("mailstream.sender.content.fetches")
                .tag("outcome", "content")
                .timer()
                .count())
        .isEqualTo(1);
    assertThat(meters.get("mailstream.sender.content.bytes").gauge().value()).isZero();
  }

  @Test
  void contentThatIsNotIsRefused() {
    lie("short", JSON.substring(1));
    lie("long", JSON + " ");
    lie("other", "{\"text\":\"hallo\"}");
    assertThat(refused("short")).isEqualTo(ReasonCode.INVALID_CONTENT);
    assertThat(refused("long")).isEqualTo(ReasonCode.INVALID_CONTENT);
    assertThat(refused("other")).isEqualTo(ReasonCode.INVALID_CONTENT);
    assertThat(refused("none")).isEqualTo(ReasonCode.CONTENT_UNAVAILABLE);
    lie("text", "hello");
    assertThat(
            store.<Referenced>with(
                new ReferenceContent(
                    PREFIX + "text", ContentJson.sha256("hello".getBytes(UTF_8)), 5L),
                found -> found))
        .isInstanceOf(Referenced.Refused.class);
  }

  @Test
  void whatIsNotAllowedIsNotFetched() {
    ReferenceContent elsewhere =
        new ReferenceContent("https://169.254.169.254/latest/", "00", SIZE);
    assertThat(store.<Referenced>with(elsewhere, found -> found))
        .isInstanceOf(Referenced.Refused.class);
    ReferenceContent large = new ReferenceContent(PREFIX + "a", "00", 1001L);
    assertThat(store.<Referenced>with(large, found -> found))
        .isInstanceOf(Referenced.Refused.class);
    assertThat(fetches).hasValue(0);
  }

  @Test
  void aFailureIsRememberedForAMoment() {
    lies.put(URI.create(PREFIX + "a"), new Result.Failed("503"));
    assertThat(get("a")).isEqualTo(new Referenced.Unavailable("503"));
    lie("a", JSON);
    nanos.addAndGet(ContentCache.FAILED_FOR);
    assertThat(get("a")).isInstanceOf(Referenced.Unavailable.class);
    assertThat(fetches).hasValue(1);
    nanos.addAndGet(1);
    assertThat(get("a")).isEqualTo(HELLO);
    assertThat(fetches).hasValue(2);
  }

  @Test
  void whoComesMeanwhileWaitsForTheSameFetchAndNoMoreWaitThanMay() {
    lie("a", JSON);
    gated = true;
    List<CompletableFuture<Referenced>> waiting = List.of(getLater("a"), getLater("a"));
    Eventually.holds("both wait", () -> store.waiting() == 2);
    assertThat(get("a")).isEqualTo(new Referenced.Busy());
    assertThat(get("b")).as("another one").isEqualTo(new Referenced.Busy());
    gate.countDown();
    assertThat(waiting).allSatisfy(found -> assertThat(found.join()).isEqualTo(HELLO));
    assertThat(fetches).hasValue(1);
    assertThat(get("a")).isEqualTo(HELLO);
  }

  @Test
  void whatIsThereCanBeHadWhileOthersWait() {
    lie("there", JSON);
    assertThat(get("there")).isEqualTo(HELLO);
    gated = true;
    List<CompletableFuture<Referenced>> waiting = List.of(getLater("a"), getLater("b"));
    Eventually.holds("both wait", () -> store.waiting() == 2);
    assertThat(get("c")).isEqualTo(new Referenced.Busy());
    assertThat(get("there")).isEqualTo(HELLO);
    gate.countDown();
    waiting.forEach(CompletableFuture::join);
  }

  @Test
  void theBytesUnderWayAreBounded() {
    lie("a", JSON);
    List<CompletableFuture<Referenced>> using = new ArrayList<>();
    AtomicInteger begun = new AtomicInteger();
    for (int i = 0; i < 10; i++) {
      using.add(
          getLater(
              "a",
              found -> {
                begun.incrementAndGet();
                await(gate);
                return found;
              }));
      int expected = i + 1;
      Eventually.holds("it is used", () -> begun.get() == expected);
    }
    assertThat(get("a")).isEqualTo(new Referenced.Busy());
    assertThat(meters.get("mailstream.sender.content.bytes").gauge().value())
        .isEqualTo(10.0 * SIZE);
    gate.countDown();
    assertThat(using).allSatisfy(found -> assertThat(found.join()).isEqualTo(HELLO));
    assertThat(get("a")).isEqualTo(HELLO);
  }

  @Test
  void oneThatIsLargerThanTheBoundHasItAllForItself() {
    lie("a", JSON);
    ContentStore small = store(2, 1, 1 << 20);
    assertThat(small.<Referenced>with(reference("a"), found -> found)).isEqualTo(HELLO);
  }

  @Test
  void whatIsKeptIsBounded() {
    ContentStore few = store(2, 1000, 2 * (1024 + SIZE));
    for (String name : List.of("a", "b", "a", "c", "a", "b")) {
      lie(name, JSON);
      assertThat(few.<Referenced>with(reference(name), found -> found)).isEqualTo(HELLO);
    }
    assertThat(fetches).as("a, b, c, and b again").hasValue(4);
  }

  @Test
  void anErrorInAFetchLeavesNobodyWaiting() {
    lies.put(URI.create(PREFIX + "a"), new Result.Bytes(null));
    CompletableFuture<Referenced> first = getLater("a");
    Eventually.holds("the first is through", first::isDone);
    lie("a", JSON);
    assertThat(get("a")).isEqualTo(HELLO);
  }

  private ContentStore store(int mostWaiting, long memory, long kept) {
    ContentConfig config = new ContentConfig(Duration.ofSeconds(1), memory, kept, Optional.empty());
    References references = new References(List.of(URI.create(PREFIX)), 1000);
    return new ContentStore(references, config, mostWaiting, fetcher, meters, nanos::get);
  }

  private void lie(String name, String content) {
    lies.put(URI.create(PREFIX + name), new Result.Bytes(content.getBytes(UTF_8)));
  }

  private static ReferenceContent reference(String name) {
    return new ReferenceContent(PREFIX + name, ContentJson.sha256(JSON.getBytes(UTF_8)), SIZE);
  }

  private Referenced get(String name) {
    return store.with(reference(name), found -> found);
  }

  private ReasonCode refused(String name) {
    return ((Referenced.Refused) get(name)).reason();
  }

  private CompletableFuture<Referenced> getLater(String name) {
    return getLater(name, found -> found);
  }

  private CompletableFuture<Referenced> getLater(
      String name, Function<Referenced, Referenced> use) {
    return CompletableFuture.supplyAsync(() -> store.with(reference(name), use), VIRTUAL);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
