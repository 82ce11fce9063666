package io.netnswatch.oncall.config;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.KebabCaseStrategy;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.netnswatch.command.HostPattern;
import io.netnswatch.command.Typos;
import io.netnswatch.oncall.act.ActionMode;
import io.netnswatch.oncall.targets.Secret;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * A YAML file that is bound to records, strictly. What is wrong in it is said in one line: file,
 * line, path of the key, what was expected, and the nearest key there is. Values, which may be
 * secret, are never shown.
 *
 * @param file the file
 * @param text what is in it
 * @param lines the line of each path, e.g. {@code /targets/pager/url}
 */
record YamlFile(Path file, String text, Map<String, Integer> lines) {

  /** YAML takes ever longer to read, the longer its texts are. */
  private static final long MAX_BYTES = 1 << 20;

  private static final Pattern DURATION = Pattern.compile("(\\d{1,6})(ms|s|m|h|d)");

  /**
   * Reads the file, and where in it everything is.
   *
   * @throws IOException if it can't be read
   * @throws ConfigException if it is no YAML
   */
  static YamlFile read(Path file) throws IOException {
    String text;
    if (Files.size(file) > MAX_BYTES) {
      throw new ConfigException(file + ": it is larger than " + MAX_BYTES + " bytes");
    }
    try {
      text = Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new ConfigException(file + ": it is not text in UTF-8");
    }
    Map<String, Integer> lines = new HashMap<>();
    try (JsonParser parser = mapper(file).createParser(text)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        lines.putIfAbsent(
            parser.getParsingContext().pathAsPointer().toString(),
            parser.currentTokenLocation().getLineNr());
      }
    } catch (JsonProcessingException e) {
      throw new ConfigException(
          file
              + (e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr())
              + ": "
              + firstLine(e.getOriginalMessage()));
    }
    return new YamlFile(file, text, lines);
  }

  /**
   * Binds it.
   *
   * @throws ConfigException if something is wrong in it
   */
  <T> T bind(Class<T> type) {
    try {
      T bound = mapper(file).readValue(text, type);
      if (bound == null) {
        throw new ConfigException(file + ": there are no settings in it");
      }
      return bound;
    } catch (JsonMappingException e) {
      throw wrong(e);
    } catch (JsonProcessingException e) {
      throw new ConfigException(file + ": " + firstLine(e.getOriginalMessage()));
    }
  }

  /**
   * What is wrong at a place.
   *
   * @param path names of keys, or indexes of lists
   */
  ConfigException wrong(List<Object> path, String why) {
    Integer line = null;
    for (int length = path.size(); length > 0 && line == null; length--) {
      line =
          lines.get(
              path.subList(0, length).stream()
                  .map(it -> "/" + it.toString().replace("~", "~0").replace("/", "~1"))
                  .collect(Collectors.joining()));
    }
    StringBuilder keys = new StringBuilder();
    for (Object key : path) {
      keys.append(key instanceof Integer ? "[" + key + "]" : "." + key);
    }
    String where = keys.isEmpty() ? "" : keys.substring(keys.charAt(0) == '.' ? 1 : 0) + ": ";
    return new ConfigException(file + (line == null ? "" : ", line " + line) + ": " + where + why);
  }

  private ConfigException wrong(JsonMappingException e) {
    List<Object> path =
        e.getPath().stream()
            .map(it -> it.getFieldName() == null ? (Object) it.getIndex() : it.getFieldName())
            .collect(Collectors.toList());
    if (e instanceof UnrecognizedPropertyException unknown) {
      Collection<Object> known = unknown.getKnownPropertyIds();
      return wrong(
          path,
          "unknown key"
              + (known == null ? "" : nearest(unknown.getPropertyName(), known.stream())));
    }
    if (e instanceof InvalidTypeIdException noType) {
      path.add("type");
      return wrong(
          path,
          (noType.getTypeId() == null ? "is needed: " : "unknown, there is ")
              + kinds(noType.getBaseType().getRawClass()));
    }
    if (e instanceof ValueInstantiationException instantiation
        && e.getCause() instanceof InvalidSettingException invalid) {
      Optional<ConfigException> misspelt = unknownKey(path, instantiation.getType().getRawClass());
      if (misspelt.isPresent()) {
        return misspelt.get(); // which may be why another key is missing
      }
      if (!invalid.key().isEmpty()) {
        path.add(invalid.key());
      }
      return wrong(path, String.valueOf(invalid.getMessage()));
    }
    if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
      return wrong(path, expected(mismatch.getTargetType()));
    }
    return wrong(path, firstLine(e.getOriginalMessage()));
  }

  /** Jackson looks at keys that a record does not have only after it has made the record. */
  private Optional<ConfigException> unknownKey(List<Object> path, Class<?> type) {
    TreeSet<String> known = new TreeSet<>();
    if (Stream.of(type.getInterfaces())
        .anyMatch(it -> it.isAnnotationPresent(JsonTypeInfo.class))) {
      known.add("type");
    }
    for (RecordComponent component : type.getRecordComponents()) {
      known.add(KebabCaseStrategy.INSTANCE.translate(component.getName()));
    }
    try {
      JsonNode node = mapper(file).readTree(text);
      for (Object step : path) {
        node = step instanceof Integer index ? node.path(index) : node.path(step.toString());
      }
      for (String key : (Iterable<String>) node::fieldNames) {
        if (!known.contains(key)) {
          List<Object> at = new ArrayList<>(path);
          at.add(key);
          return Optional.of(wrong(at, "unknown key" + nearest(key, known.stream())));
        }
      }
      return Optional.empty();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("read once already", e);
    }
  }

  private static String kinds(Class<?> sealed) {
    return Stream.of(sealed.getAnnotation(JsonSubTypes.class).value())
        .map(JsonSubTypes.Type::name)
        .collect(Collectors.joining(", "));
  }

  /** Which of these was meant, and which there are. */
  static String nearest(String word, Stream<?> known) {
    TreeSet<String> all =
        known.map(Object::toString).collect(Collectors.toCollection(TreeSet::new));
    return "; "
        + Typos.nearest(word, all).map(it -> "did you mean " + it + "? ").orElse("")
        + "There is "
        + String.join(", ", all);
  }

  private static String expected(Class<?> type) {
    if (type == boolean.class || type == Boolean.class) {
      return "true or false is wanted here";
    }
    if (Number.class.isAssignableFrom(type) || type.isPrimitive()) {
      return "a whole number is wanted here";
    }
    if (type.isEnum()) {
      return "unknown, there is "
          + Stream.of(type.getEnumConstants())
              .map(it -> it.toString())
              .collect(Collectors.joining(", "));
    }
    if (Collection.class.isAssignableFrom(type)) {
      return "a list is wanted here";
    }
    return CharSequence.class.isAssignableFrom(type) || type == Secret.class
        ? "a text is wanted here"
        : "keys with values are wanted here";
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("no YAML");
  }

  private static YAMLMapper mapper(Path file) {
    SimpleModule texts = new SimpleModule();
    text(texts, String.class, file, it -> it);
    text(texts, Secret.class, file, Secret::new);
    text(texts, URI.class, file, YamlFile::url);
    text(texts, Duration.class, file, YamlFile::duration);
    text(texts, HostPattern.class, file, HostPattern::new);
    text(texts, Path.class, file, Path::of);
    text(texts, ActionMode.class, file, YamlFile::mode);
    return YAMLMapper.builder()
        .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
        .addModule(texts)
        .build();
  }

  private static <T> void text(
      SimpleModule module, Class<T> type, Path file, Function<String, T> parse) {
    module.addDeserializer(type, new TextDeserializer<>(type, file, parse));
  }

  /** From a text that may refer to secrets. */
  private static final class TextDeserializer<T> extends StdDeserializer<T> {

    private static final long serialVersionUID = 1L;

    private final transient Path file;
    private final transient Function<String, T> parse;

    TextDeserializer(Class<T> type, Path file, Function<String, T> parse) {
      super(type);
      this.file = file;
      this.parse = parse;
    }

    @Override
    public @Nullable T deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      String text = parser.currentToken().isScalarValue() ? parser.getText() : "";
      if (text.isBlank()) {
        throw JsonMappingException.from(parser, "a text is wanted here");
      }
      try {
        return parse.apply(References.resolve(text, file));
      } catch (IllegalArgumentException e) {
        throw JsonMappingException.from(parser, String.valueOf(e.getMessage()));
      }
    }
  }

  private static Duration duration(String text) {
    Matcher parts = DURATION.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("a time like 500ms, 30s, 1m, 2h or 1d is wanted here");
    }
    long count = Long.parseLong(parts.group(1));
    return switch (parts.group(2)) {
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }

  private static ActionMode mode(String text) {
    return switch (text) {
      case "dry-run" -> ActionMode.DRY_RUN;
      case "act" -> ActionMode.ACT;
      case "undo" -> ActionMode.UNDO;
      default -> throw new IllegalArgumentException("dry-run, act or undo is wanted here");
    };
  }

  private static URI url(String text) {
    URI url;
    try {
      url = URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("not a URL: it may hold a secret and is not shown", e);
    }
    String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
    if ((!scheme.equals("http") && !scheme.equals("https")) || url.getHost() == null) {
      throw new IllegalArgumentException(
          "a URL that begins with http:// or https:// is wanted here");
    }
    return url;
  }
}
