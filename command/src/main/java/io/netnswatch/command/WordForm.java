package io.netnswatch.command;

import io.netnswatch.command.http.HttpAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.stream.Stream;

/** What a word on a command line can be. */
public enum WordForm {
  /** Where to listen. */
  ADDRESS_OR_OFF("HOST:PORT or off"),

  /** Where others find it. */
  ADDRESS("HOST:PORT"),

  /** Brokers. */
  SERVERS("HOST:PORT, or several with commas between"),

  /** May hold a password, and is never repeated. */
  WEB_URLS("a URL like http://registry:8081"),

  /** One of them. */
  WEB_URL("a URL like http://127.0.0.1:8480"),

  /** Begins URLs, and may be relative. */
  URL_PREFIX("the begin of a URL, without blanks"),

  /** As Kafka has names of topics; some room is left for what comes behind it. */
  TOPIC_PREFIX("at most 200 letters, digits, dots, dashes and underscores"),

  /** As Kafka has names of topics. */
  TOPIC("1 to 249 letters, digits, dots, dashes and underscores"),

  /** Begins names of topics and of groups; some room is left for what comes behind it. */
  APPLICATION_ID("1 to 150 letters, digits, dots, dashes and underscores"),

  /** Of a host, in any script, but nothing that cannot be seen. */
  NAME("1 to 255 characters, without blanks and control characters"),

  /** What somebody says. */
  TEXT("1 to 1000 characters, no control characters among them");

  private static final String DOTS = "\\.{1,2}";

  private final String words;

  WordForm(String words) {
    this.words = words;
  }

  /** Whether a word has it. */
  boolean fits(String word) {
    return switch (this) {
      case ADDRESS_OR_OFF -> word.equals("off") || isAddress(word, 0);
      case ADDRESS -> isAddress(word, 0);
      case SERVERS -> listed(word).allMatch(it -> isAddress(it, 1));
      case WEB_URLS -> listed(word).allMatch(WordForm::isWebUrl);
      case WEB_URL -> isWebUrl(word);
      case URL_PREFIX -> word.matches("\\S*");
      case TOPIC_PREFIX -> word.matches("[A-Za-z0-9._-]{0,200}");
      case TOPIC -> word.matches("[A-Za-z0-9._-]{1,249}") && !word.matches(DOTS);
      case APPLICATION_ID -> word.matches("[A-Za-z0-9._-]{1,150}") && !word.matches(DOTS);
      case NAME -> word.matches("[^\\s\\p{C}]{1,255}");
      case TEXT -> word.matches("[^\\p{Cntrl}]{1,1000}") && !word.isBlank();
    };
  }

  /** What is wrong with a word that has it not. */
  String problem(String word) {
    boolean mayHoldSecret = this == WEB_URLS || this == WEB_URL;
    return "must be " + words + (mayHoldSecret ? "" : ", not " + word);
  }

  private static Stream<String> listed(String words) {
    return Stream.of(words.split(",", -1)).map(String::strip);
  }

  private static boolean isAddress(String text, int leastPort) {
    try {
      return HttpAddress.parse(text).port() >= leastPort;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isWebUrl(String text) {
    try {
      URI url = new URI(text);
      return ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
          && url.getHost() != null
          && url.getPort() <= HttpAddress.MAX_PORT;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
