package io.mailstream.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Cache;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.lookup.LookupSession;
import org.xbill.DNS.lookup.NoSuchDomainException;
import org.xbill.DNS.lookup.NoSuchRRSetException;
import org.xbill.DNS.lookup.RedirectLoopException;
import org.xbill.DNS.lookup.RedirectOverflowException;
import org.xbill.DNS.lookup.ServerFailedException;

/**
 * Asks DNS servers, over UDP and over TCP where an answer does not fit, without a thread that
 * waits. Answers are kept, within bounds, for as long as they say; failures are not.
 */
public final class DnsResolver implements Dns {

  private final LookupSession session;
  private final Duration timeout;

  private DnsResolver(LookupSession session, Duration timeout) {
    this.session = session;
    this.timeout = timeout;
  }

  /** A resolver that has asked nothing. */
  public static DnsResolver create(DnsSettings settings) {
    List<InetSocketAddress> servers =
        settings.servers().isEmpty()
            ? ResolverConfig.getCurrentConfig().servers()
            : settings.servers();
    // Two tries at each server within the time.
    Duration once = settings.timeout().dividedBy(2L * servers.size());
    List<Resolver> resolvers = new ArrayList<>();
    for (InetSocketAddress server : servers) {
      SimpleResolver resolver = new SimpleResolver(server);
      resolver.setTimeout(once);
      resolvers.add(resolver);
    }
    ExtendedResolver all = new ExtendedResolver(resolvers);
    all.setRetries(2);
    all.setTimeout(settings.timeout());
    Cache cache = new Cache(DClass.IN);
    cache.setMaxEntries(settings.cacheEntries());
    cache.setMaxCache(Math.toIntExact(settings.maxTtl().toSeconds()));
    cache.setMaxNCache(Math.toIntExact(settings.maxNegativeTtl().toSeconds()));
    return new DnsResolver(
        LookupSession.builder().resolver(all).cache(cache).build(), settings.timeout());
  }

  @Override
  public CompletableFuture<Answer<String>> text(String name) {
    return ask(name, Type.TXT, TXTRecord.class, DnsResolver::joined);
  }

  @Override
  public CompletableFuture<Answer<MailExchange>> mailExchanges(String name) {
    return ask(
            name,
            Type.MX,
            MXRecord.class,
            mx -> new MailExchange(mx.getPriority(), shown(mx.getTarget())))
        .thenApply(answer ->
            answer instanceof Answer.Records<MailExchange>(List<MailExchange> values)
                ? new Answer.Records<>(
                    values.stream()
                        .sorted(Comparator.comparingInt(MailExchange::preference))
                        .toList())
                : answer);
  }

  @Override
  public CompletableFuture<Answer<InetAddress>> addresses(String name) {
    return ask(name, Type.A, ARecord.class, ARecord::getAddress)
        .thenCombine(
            ask(name, Type.AAAA, AAAARecord.class, AAAARecord::getAddress), DnsResolver::together);
  }

  @Override
  public CompletableFuture<Answer<String>> alias(String name) {
    return ask(name, Type.CNAME, CNAMERecord.class, cname -> shown(cname.getTarget()));
  }

  @Override
  public CompletableFuture<Answer<String>> names(InetAddress address) {
    return ask(
        ReverseMap.fromAddress(address), Type.PTR, PTRRecord.class, ptr -> shown(ptr.getTarget()));
  }

  private static Answer<InetAddress> together(Answer<InetAddress> v4, Answer<InetAddress> v6) {
    List<InetAddress> all = new ArrayList<>(v4.values());
    all.addAll(v6.values());
    if (!all.isEmpty()) {
      return new Answer.Records<>(all);
    }
    return v4 instanceof Answer.Failed ? v4 : v6;
  }

  private <R extends Record, T> CompletableFuture<Answer<T>> ask(
      String name, int type, Class<R> kind, Function<R, T> value) {
    try {
      return ask(Name.fromString(name, Name.root), type, kind, value);
    } catch (TextParseException e) {
      // A label or a name that is too long: nobody can have it.
      return CompletableFuture.completedFuture(new Answer.NoName<>());
    }
  }

  private <R extends Record, T> CompletableFuture<Answer<T>> ask(
      Name name, int type, Class<R> kind, Function<R, T> value) {
    return session
        .lookupAsync(name, type)
        .toCompletableFuture()
        .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .handle((found, failure) -> {
          if (failure != null) {
            return failed(failure);
          }
          List<T> values =
              found.getRecords().stream()
                  .filter(kind::isInstance)
                  .map(kind::cast)
                  .map(value)
                  .toList();
          return values.isEmpty() ? new Answer.NoRecords<>() : new Answer.Records<>(values);
        });
  }

  private static <T> Answer<T> failed(Throwable failure) {
    Throwable why = failure instanceof CompletionException ? failure.getCause() : failure;
    return switch (why) {
      case NoSuchDomainException e -> new Answer.NoName<>();
      case NoSuchRRSetException e -> new Answer.NoRecords<>();
      case ServerFailedException e -> new Answer.Failed<>("the DNS server answered SERVFAIL");
      case RedirectLoopException e -> new Answer.Failed<>("CNAMEs that lead in a circle");
      case RedirectOverflowException e -> new Answer.Failed<>("too many CNAMEs in a row");
      case TimeoutException e -> new Answer.Failed<>("no DNS server answered in time");
      case IOException e ->
          new Answer.Failed<>(
              String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("timed out")
                  ? "no DNS server answered in time"
                  : "no DNS server could be reached");
      default -> new Answer.Failed<>("the look-up failed: " + why.getMessage());
    };
  }

  private static String joined(TXTRecord record) {
    StringBuilder all = new StringBuilder();
    for (Object part : record.getStringsAsByteArrays()) {
      all.append(new String((byte[]) part, StandardCharsets.ISO_8859_1));
    }
    return all.toString();
  }

  private static String shown(Name name) {
    return name.equals(Name.root) ? "" : name.toString(true);
  }
}
