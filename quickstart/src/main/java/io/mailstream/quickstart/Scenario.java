package io.mailstream.quickstart;

import io.mailstream.schemas.Topics;
import java.util.List;
import java.util.Optional;

/**
 * Plays with the running system and tells the story as it happens. Each step says what must come
 * true, and waits for it with a deadline. Ids and addresses are new with each run, so that it tells
 * the same story on old data.
 */
abstract class Scenario implements AutoCloseable {

  static final String SIMULATOR = "@simulator.amazonses.com";

  final LocalSystem system;
  final Console console;
  final String run;
  final MailClient client;
  final Follower follower;
  final ApiClient api;

  /** A promise of the story that did not come true. */
  static final class NotAsTold extends RuntimeException {
    NotAsTold(String what) {
      super(what);
    }
  }

  Scenario(LocalSystem system, Console console) {
    this.system = system;
    this.console = console;
    this.run = Long.toString(System.currentTimeMillis(), 36);
    Topics topics = system.topics();
    this.client = new MailClient(system.bootstrapServers(), system.registryUrl(), topics);
    this.follower =
        new Follower(
            system.bootstrapServers(),
            system.registryUrl(),
            List.of(topics.results(), topics.feedback()));
    this.api = new ApiClient(system.apiUrl());
  }

  /** Plays it; whether all came out as told. */
  final boolean play() throws InterruptedException {
    try {
      tell();
      console.line("The demonstration came out as told.");
      return true;
    } catch (NotAsTold | QuickstartFailure e) {
      console.event("FAILED: " + e.getMessage());
      return false;
    }
  }

  /** The steps; the first that does not come true throws. */
  abstract void tell() throws InterruptedException;

  /** An address that it got suppressed. */
  Optional<String> suppressed() {
    return Optional.empty();
  }

  static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new NotAsTold(otherwise);
    }
  }

  @Override
  public final void close() {
    follower.close();
    client.close();
    api.close();
  }
}
