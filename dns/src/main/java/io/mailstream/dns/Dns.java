package io.mailstream.dns;

import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;

/**
 * Asks the DNS. Names are ASCII and complete, with or without a dot at their end. A future never
 * fails: what goes wrong is an {@link Answer.Failed}.
 */
public interface Dns {

  /** TXT records, the strings of each joined. */
  CompletableFuture<Answer<String>> text(String name);

  /** MX records, in the order of their preference. */
  CompletableFuture<Answer<MailExchange>> mailExchanges(String name);

  /** A and AAAA records together. */
  CompletableFuture<Answer<InetAddress>> addresses(String name);

  /** The CNAME record of the name itself. */
  CompletableFuture<Answer<String>> alias(String name);

  /** PTR records: the names of an address. */
  CompletableFuture<Answer<String>> names(InetAddress address);
}
