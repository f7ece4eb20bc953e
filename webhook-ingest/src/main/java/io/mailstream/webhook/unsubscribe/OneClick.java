package io.mailstream.webhook.unsubscribe;

import io.mailstream.webhook.form.Form;
import io.mailstream.webhook.form.MultipartForm;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What an unsubscribe says in its body (RFC 8058): {@value #NAME}={@value #VALUE}, as a form of
 * either kind. Mail programs send it, and so does the button of our page; what merely follows links
 * does not.
 */
public final class OneClick {

  /** The field. */
  public static final String NAME = "List-Unsubscribe";

  /** Its value. */
  public static final String VALUE = "One-Click";

  /** The largest body that is read, in bytes. */
  public static final int MAX_BODY_BYTES = 16 * 1024;

  private OneClick() {}

  /**
   * Whether a body says so.
   *
   * @param contentType as the request has it; empty where it has none: taken for urlencoded
   */
  public static boolean isIn(String contentType, byte[] body) {
    Optional<String> value =
        MultipartForm.isMultipart(contentType)
            ? MultipartForm.value(contentType, body, NAME)
            : Form.parse(body)
                .flatMap(form -> form.value(NAME))
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    return value.map(String::strip).filter(VALUE::equalsIgnoreCase).isPresent();
  }
}
