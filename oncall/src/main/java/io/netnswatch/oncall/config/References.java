package io.netnswatch.oncall.config;

import io.netnswatch.command.KafkaConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigException;

/** Puts in what a text refers to, e.g. {@code ${env:NAME}}. */
final class References {

  private static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file|directory):([^}]*)}");

  private References() {}

  /**
   * The text with what it refers to put in. A line break at the end of what was referred to is left
   * out: editors and {@code echo} put one at the end of every file.
   *
   * @param file where the text was written, for Kafka's own messages
   * @throws IllegalArgumentException if something is not there; names the reference, never a value
   */
  static String resolve(String text, Path file) {
    Matcher references = REFERENCE.matcher(text);
    StringBuilder resolved = new StringBuilder();
    while (references.find()) {
      String value = value(references.group(), references.group(1), references.group(2), file);
      references.appendReplacement(
          resolved, Matcher.quoteReplacement(value.replaceFirst("(\\r?\\n)+$", "")));
    }
    return references.appendTail(resolved).toString();
  }

  private static String value(String reference, String provider, String what, Path file) {
    if (!provider.equals("env")) {
      checkPath(reference, provider, what);
    }
    try {
      return KafkaConfigFile.resolved(Map.of("value", reference), file)
          .getOrDefault("value", reference);
    } catch (ConfigException | IOException e) {
      throw new IllegalArgumentException(
          "refers to "
              + reference
              + ", which is not there"
              + (provider.equals("env") ? ": set it" : ""),
          e);
    }
  }

  private static void checkPath(String reference, String provider, String what) {
    int colon = what.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException(
          "refers to " + reference + "; a path, a colon and a name are wanted behind " + provider);
    }
    Path path = Path.of(what.substring(0, colon));
    Path needed = provider.equals("directory") ? path.resolve(what.substring(colon + 1)) : path;
    if (!Files.isRegularFile(needed) || !Files.isReadable(needed)) {
      throw new IllegalArgumentException(
          "refers to " + reference + "; there is no file " + needed + " that can be read");
    }
  }
}
