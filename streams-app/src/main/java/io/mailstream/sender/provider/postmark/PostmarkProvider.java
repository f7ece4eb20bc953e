package io.mailstream.sender.provider.postmark;

import io.mailstream.policy.Account;
import io.mailstream.sender.provider.EmailProvider;
import io.mailstream.sender.provider.common.AccountSettings;
import io.mailstream.sender.provider.http.HttpProvider;
import io.mailstream.sender.provider.http.HttpSettings;
import java.net.URI;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Postmark by its API (docs/esp/postmark.md). */
public final class PostmarkProvider {

  private static final URI ENDPOINT = URI.create("https://api.postmarkapp.com");
  private static final Pattern STREAM = Pattern.compile("[a-z0-9][a-z0-9_-]{0,29}");

  private PostmarkProvider() {}

  /**
   * The provider of an account.
   *
   * @param senderConfig where its {@code server.token} is
   * @throws IllegalArgumentException if settings are wrong; the message names every fault
   */
  public static EmailProvider create(Account account, Map<String, String> senderConfig) {
    AccountSettings reader = new AccountSettings(account, senderConfig, PostmarkApi.NAME);
    HttpSettings http = HttpSettings.of(reader, ENDPOINT);
    Optional<String> stream =
        reader.text("message_stream", STREAM, "the id of a message stream, such as outbound");
    String token =
        reader.requiredCredential("server.token", "the server token of Postmark's API tokens");
    reader.end();
    return new HttpProvider(
        account.name(), new PostmarkApi(token, stream), http, InstantSource.system());
  }
}
