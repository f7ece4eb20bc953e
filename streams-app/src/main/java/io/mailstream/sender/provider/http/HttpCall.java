package io.mailstream.sender.provider.http;

import java.util.List;
import java.util.Map;

/**
 * One POST.
 *
 * @param path the path below the account's endpoint
 * @param contentType the body's media type
 * @param headers header fields; may hold credentials, and so are never part of a text
 * @param body the body in pieces, not copied and to be left unchanged
 */
public record HttpCall(
    String path, String contentType, Map<String, String> headers, List<byte[]> body) {

  @Override
  public String toString() {
    return "HttpCall[" + path + "]";
  }
}
