package io.netnswatch.detection.cause;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/** Reads this package's YAML files, strictly: an unknown, doubled or missing key is an error. */
final class CauseYaml {

  private static final YAMLMapper MAPPER =
      YAMLMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
          .build();

  private CauseYaml() {}

  /**
   * Reads one file.
   *
   * @param name where the text comes from, for the error message
   * @throws IllegalArgumentException naming the place and what is wrong
   */
  static <T> T parse(String name, String yaml, Class<T> type) {
    try {
      JsonNode tree = MAPPER.readTree(yaml);
      Expect.that(tree != null && tree.isObject(), name + ": keys and their values are wanted");
      checkKeys(name, tree, type);
      return MAPPER.readValue(yaml, type);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      String line = at == null ? "" : " line " + at.getLineNr();
      throw new IllegalArgumentException(name + line + ": " + words(e), e);
    }
  }

  /** Before a key of which it is a misspelling is found missing. */
  private static void checkKeys(String name, JsonNode tree, Class<?> type) {
    List<String> known =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getName)
            .map(PropertyNamingStrategies.SnakeCaseStrategy.INSTANCE::translate)
            .toList();
    for (Iterator<String> keys = tree.fieldNames(); keys.hasNext(); ) {
      String key = keys.next();
      Expect.that(known.contains(key), name + ": unknown key " + key + "; there are " + known);
    }
  }

  /** A file that comes with netnswatch. */
  static <T> T resource(String name, Class<T> type) {
    try (InputStream in = CauseYaml.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + name);
      }
      return parse(name, new String(in.readAllBytes(), StandardCharsets.UTF_8), type);
    } catch (IOException e) {
      throw new UncheckedIOException("resource " + name, e);
    }
  }

  private static String words(JsonProcessingException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      return "unknown key "
          + unknown.getPropertyName()
          + "; there are "
          + unknown.getKnownPropertyIds().stream().map(String::valueOf).sorted().toList();
    }
    if (e instanceof JsonMappingException && e.getCause() instanceof IllegalArgumentException bad) {
      return String.valueOf(bad.getMessage());
    }
    return e.getOriginalMessage();
  }
}
