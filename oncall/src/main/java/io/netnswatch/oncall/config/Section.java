package io.netnswatch.oncall.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.netnswatch.command.KafkaConfigFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigException;

/**
 * A part of a YAML file; what is wrong in it is named by file and key.
 *
 * @param file the file
 * @param path of the part, e.g. {@code targets.pager}; empty for the whole
 * @param node the part
 */
record Section(Path file, String path, JsonNode node) {

  private static final Pattern DURATION = Pattern.compile("(\\d{1,6})(ms|s|m|h)");

  Set<String> keys() {
    Set<String> keys = new LinkedHashSet<>();
    node.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  /** Refuses all others. */
  void onlyKeys(String... known) {
    Set<String> unknown = keys();
    List.of(known).forEach(unknown::remove);
    if (!unknown.isEmpty()) {
      throw wrong(unknown.iterator().next(), "unknown key; there is " + String.join(", ", known));
    }
  }

  ConfigException wrong(String key, String why) {
    return new ConfigException(file + ": " + below(key) + ": " + why);
  }

  boolean has(String key) {
    return node.has(key);
  }

  Optional<Section> section(String key) {
    JsonNode part = node.get(key);
    if (part == null) {
      return Optional.empty();
    }
    if (!part.isObject()) {
      throw wrong(key, "keys with values are wanted here");
    }
    return Optional.of(new Section(file, below(key), part));
  }

  List<Section> list(String key) {
    JsonNode parts = node.path(key);
    if (!parts.isArray()) {
      throw wrong(key, "a list is needed");
    }
    List<Section> sections = new ArrayList<>();
    for (JsonNode part : parts) {
      String at = key + "[" + sections.size() + "]";
      if (!part.isObject()) {
        throw wrong(at, "keys with values are wanted here");
      }
      sections.add(new Section(file, below(at), part));
    }
    return sections;
  }

  /** With what it refers to put in. */
  Optional<String> text(String key) {
    JsonNode value = node.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (!value.isValueNode() || value.asText().isBlank()) {
      throw wrong(key, "a text is wanted here");
    }
    try {
      String name = below(key);
      return Optional.ofNullable(
          KafkaConfigFile.resolved(Map.of(name, value.asText()), file).get(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String needed(String key) {
    return text(key).orElseThrow(() -> wrong(key, "is needed"));
  }

  Map<String, String> texts(String key) {
    Map<String, String> texts = new TreeMap<>();
    section(key).ifPresent(it -> it.keys().forEach(name -> texts.put(name, it.needed(name))));
    return texts;
  }

  List<String> strings(String key) {
    JsonNode values = node.get(key);
    List<String> strings = new ArrayList<>();
    if (values == null) {
      return strings;
    }
    if (!values.isArray()) {
      throw wrong(key, "a list is wanted here");
    }
    for (JsonNode value : values) {
      if (!value.isTextual()) {
        throw wrong(key, "a list of texts is wanted here");
      }
      strings.add(value.textValue());
    }
    return strings;
  }

  Optional<Boolean> flag(String key) {
    JsonNode value = node.get(key);
    if (value != null && !value.isBoolean()) {
      throw wrong(key, "true or false");
    }
    return Optional.ofNullable(value).map(JsonNode::booleanValue);
  }

  int number(String key) {
    JsonNode value = node.path(key);
    if (!value.isInt()) {
      throw wrong(key, "a whole number is needed");
    }
    return value.intValue();
  }

  Optional<Duration> duration(String key) {
    return text(key).map(text -> duration(key, text));
  }

  private Duration duration(String key, String text) {
    Matcher parts = DURATION.matcher(text);
    if (!parts.matches()) {
      throw wrong(key, "a time like 500ms, 30s, 1m or 1h");
    }
    long count = Long.parseLong(parts.group(1));
    return switch (parts.group(2)) {
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      default -> Duration.ofHours(count);
    };
  }

  Optional<URI> url(String key) {
    return text(key).map(text -> url(key, text));
  }

  private URI url(String key, String text) {
    try {
      URI url = URI.create(text);
      String scheme = url.getScheme();
      if (("http".equals(scheme) || "https".equals(scheme)) && url.getHost() != null) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      throw wrong(key, "not a URL: it may hold a secret and is not shown");
    }
    throw wrong(key, "a URL that begins with http:// or https:// is needed");
  }

  private String below(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
