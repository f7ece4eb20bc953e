package io.mailstream.webhook.provider.mandrill;

import io.mailstream.webhook.provider.WebhookRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs as Mandrill does. */
public final class MandrillSigner {

  private final String url;
  private final String key;

  /** With a URL and a key. */
  public MandrillSigner(String url, String key) {
    this.url = url;
    this.key = key;
  }

  /** A signed callback with these events. */
  public WebhookRequest sign(String events) {
    return sign(Map.of("mandrill_events", events));
  }

  WebhookRequest sign(Map<String, String> parameters) {
    return request(parameters, signature(parameters));
  }

  String signature(Map<String, String> parameters) {
    StringBuilder signed = new StringBuilder(url);
    new TreeMap<>(parameters).forEach((name, value) -> signed.append(name).append(value));
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
      return Base64.getEncoder()
          .encodeToString(mac.doFinal(signed.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static WebhookRequest request(Map<String, String> parameters, String signature) {
    String body =
        parameters.entrySet().stream()
            .map(one -> encode(one.getKey()) + "=" + encode(one.getValue()))
            .collect(Collectors.joining("&"));
    return new WebhookRequest(
        Map.of("x-mandrill-signature", signature), body.getBytes(StandardCharsets.UTF_8));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
