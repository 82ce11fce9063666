package io.netnswatch.command;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigTransformer;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;

/**
 * The file of {@code --kafka-config}: properties for the Kafka clients, the Avro serializer and the
 * registry client. Values may refer to secrets by Kafka's own providers (KIP-297, KIP-421): {@code
 * ${env:NAME}}, {@code ${file:/path/to.properties:KEY}}, {@code ${directory:/path:FILE}}.
 */
public final class KafkaConfigFile {

  private static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file|directory):[^}]*}");

  private KafkaConfigFile() {}

  /**
   * Reads the file and puts in what its values refer to.
   *
   * @throws IOException if it can't be read
   * @throws ConfigException if a value refers to something that is not there; names the key and the
   *     reference, never a value
   */
  public static Map<String, String> read(Path file) throws IOException {
    Properties written = new Properties();
    try (Reader text = Files.newBufferedReader(file)) {
      written.load(text);
    } catch (CharacterCodingException e) {
      throw new ConfigException(file + ": it is no text in UTF-8");
    } catch (IllegalArgumentException e) { // of an escape that is none
      throw new ConfigException(file + ": " + e.getMessage());
    }
    Map<String, String> settings = new HashMap<>();
    written.stringPropertyNames().forEach(key -> settings.put(key, written.getProperty(key)));
    return resolved(settings, file);
  }

  /**
   * Puts in what these values refer to.
   *
   * @param file where they were read from, for messages
   * @throws ConfigException as {@link #read}
   */
  public static Map<String, String> resolved(Map<String, String> settings, Path file)
      throws IOException {
    try (ConfigProvider env = new EnvVarConfigProvider();
        ConfigProvider properties = new FileConfigProvider();
        ConfigProvider directory = new DirectoryConfigProvider()) {
      Map<String, ConfigProvider> providers =
          Map.of("env", env, "file", properties, "directory", directory);
      providers.values().forEach(provider -> provider.configure(Map.of()));
      ConfigTransformer transformer = new ConfigTransformer(providers);
      Map<String, String> resolved = new HashMap<>();
      settings.forEach((key, value) -> resolved.put(key, resolved(transformer, key, value, file)));
      return resolved;
    }
  }

  private static String resolved(
      ConfigTransformer transformer, String key, String value, Path file) {
    Matcher references = REFERENCE.matcher(value);
    while (references.find()) {
      String reference = references.group();
      String one = transformer.transform(Map.of(key, reference)).data().get(key);
      if (reference.equals(one)) {
        throw new ConfigException(
            file + ": " + key + " refers to " + reference + ", which is not there");
      }
    }
    return transformer.transform(Map.of(key, value)).data().getOrDefault(key, value);
  }
}
