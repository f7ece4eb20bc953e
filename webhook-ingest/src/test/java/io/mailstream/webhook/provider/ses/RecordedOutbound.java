package io.mailstream.webhook.provider.ses;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Answers from a table and remembers what was asked for. */
final class RecordedOutbound implements Outbound {

  final Map<URI, Response> answers = new ConcurrentHashMap<>();
  final List<URI> calls = new ArrayList<>();
  boolean unreachable;

  @Override
  public Response get(URI uri) throws IOException {
    calls.add(uri);
    if (unreachable) {
      throw new IOException("unreachable");
    }
    return answers.getOrDefault(uri, new Response(404, new byte[0]));
  }
}
