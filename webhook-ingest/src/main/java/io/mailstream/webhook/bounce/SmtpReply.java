package io.mailstream.webhook.bounce;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a mail server said, taken apart: reply code (RFC 5321), enhanced status code (RFC 3463) and
 * words. ESPs pass it on in many shapes; what is not there is left out.
 *
 * @param code the reply code; empty: none leads the text
 * @param status the enhanced status code, such as 5.1.1
 * @param words the text in lower case without addresses and links, whose words are not the
 *     server's; each run of white space one space
 */
record SmtpReply(Optional<Integer> code, Optional<String> status, String words) {

  private static final int MAX_LENGTH = 4000;
  private static final Pattern CODE = Pattern.compile("^(?:smtp; ?)?([1-9]\\d\\d)(?=[ -]|$)");
  private static final Pattern STATUS =
      Pattern.compile("(?<![\\d.])([245]\\.\\d{1,3}\\.\\d{1,3})(?!\\.?\\d)");
  private static final Pattern WHOLE_STATUS = Pattern.compile("[245]\\.\\d{1,3}\\.\\d{1,3}");
  private static final Pattern FOREIGN =
      Pattern.compile("https?://\\S{1,1000}|\\S{1,320}@\\S{1,320}");
  private static final Pattern SPACE = Pattern.compile("\\s+");

  /**
   * Takes a reply apart.
   *
   * @param status the enhanced status code that the ESP gave; null, or none at all: the text's
   * @param text what the server said; null: nothing
   */
  static SmtpReply of(String status, String text) {
    String all = text == null ? "" : text;
    String cut = all.length() > MAX_LENGTH ? all.substring(0, MAX_LENGTH) : all;
    String words =
        SPACE
            .matcher(FOREIGN.matcher(cut.toLowerCase(Locale.ROOT)).replaceAll(" "))
            .replaceAll(" ")
            .strip();
    Matcher code = CODE.matcher(words);
    return new SmtpReply(
        code.find() ? Optional.of(Integer.valueOf(code.group(1))) : Optional.empty(),
        isStatus(status) ? Optional.of(status.strip()) : find(words),
        words);
  }

  private static boolean isStatus(String status) {
    return status != null && WHOLE_STATUS.matcher(status.strip()).matches();
  }

  private static Optional<String> find(String words) {
    Matcher matcher = STATUS.matcher(words);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** Whether it says that something failed, for now or for good. */
  boolean isFailure() {
    return code.map(number -> number >= 400 && number < 600)
        .or(() -> status.map(text -> text.charAt(0) != '2'))
        .orElse(false);
  }
}
