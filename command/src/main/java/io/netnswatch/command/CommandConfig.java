package io.netnswatch.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * Where the options of a command come from: the command line, then the environment ({@code
 * NETNSWATCH_STATE_DIR} for {@code --state-dir}), then the file of {@code --config}, then the
 * default. The file has a line {@code state-dir=…} for an option, and {@code kafka.NAME=…} or
 * {@code schema.registry.NAME=…} for a setting of the clients; values may refer to secrets as in
 * {@link KafkaConfigFile}.
 */
public final class CommandConfig implements IDefaultValueProvider {

  private static final String FILE_OPTION = "--config";
  private static final String PRINT_OPTION = "--print-config";

  private static final OptionSpec FILE_OPTION_SPEC =
      OptionSpec.builder(FILE_OPTION)
          .paramLabel("FILE")
          .type(Path.class)
          .description(
              "Any of these options, as NAME=VALUE lines, and kafka.NAME=VALUE for settings of the"
                  + " Kafka clients. The environment (NETNSWATCH_TOPIC_PREFIX for --topic-prefix)"
                  + " and the command line override it.")
          .build();

  private static final OptionSpec PRINT_OPTION_SPEC =
      OptionSpec.builder(PRINT_OPTION)
          .type(boolean.class)
          .description("Prints what holds and where it comes from, secrets masked, and ends.")
          .build();
  private static final String ENVIRONMENT_PREFIX = "NETNSWATCH_";
  private static final String KAFKA_PREFIX = "kafka.";
  private static final String REGISTRY_PREFIX = "schema.registry.";

  /** Keys that differ by no more typos are taken for one another in a suggestion. */
  private static final int CLOSE = 2;

  private static final String MASK = "********";

  /** Names of settings that hold a secret, or may. */
  private static final Pattern SECRET =
      Pattern.compile(
          "(?i).*(password|passphrase|secret|token|jaas|credential|user\\.info|\\.key$).*");

  /** These are about where a secret is, or how it is used. */
  private static final Pattern NO_SECRET =
      Pattern.compile("(?i).*(\\.file|-file|\\.location|\\.source|\\.class|\\.url|\\.uri)$");

  private static final Pattern URL_USER = Pattern.compile("//[^/@]*@");

  private final CommandLine command;
  private final Map<String, String> environment;
  private final @Nullable Path file;
  private final Map<String, String> fromFile;

  private CommandConfig(
      CommandLine command,
      Map<String, String> environment,
      @Nullable Path file,
      Map<String, String> fromFile) {
    this.command = command;
    this.environment = environment;
    this.file = file;
    this.fromFile = fromFile;
  }

  /** Nothing but command line and defaults. */
  public static CommandConfig none() {
    return new CommandConfig(
        new CommandLine(CommandLine.Model.CommandSpec.create()), Map.of(), null, Map.of());
  }

  /**
   * Lets a command take its defaults from environment and file, and gives it {@code --config} and
   * {@code --print-config}.
   *
   * @param arguments of the command, in which the file may be named
   * @param isClientSetting knows the names that may stand behind {@code kafka.}
   * @throws IOException if the file can't be read
   * @throws ConfigException if it says what it may not; names file, line and key
   */
  public static CommandConfig install(
      CommandLine command,
      List<String> arguments,
      Map<String, String> environment,
      Predicate<String> isClientSetting)
      throws IOException {
    Path file = file(arguments, environment);
    Map<String, String> settings = file == null ? Map.of() : read(file);
    if (file != null) {
      refuseUnknown(command, file, settings.keySet(), isClientSetting);
    }
    CommandConfig config = new CommandConfig(command, environment, file, settings);
    command.setDefaultValueProvider(config);
    command.getCommandSpec().addOption(FILE_OPTION_SPEC).addOption(PRINT_OPTION_SPEC);
    command.setExecutionStrategy(config::execute);
    return config;
  }

  private static Map<String, String> read(Path file) throws IOException {
    try {
      return KafkaConfigFile.read(file);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no file " + file, e);
    }
  }

  private int execute(ParseResult parsed) {
    if (parsed.hasMatchedOption(PRINT_OPTION) && !CommandLine.printHelpIfRequested(parsed)) {
      effective(parsed).forEach(command.getOut()::println);
      return CommandLine.ExitCode.OK;
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  /** Settings of the clients in the file; those of the registry's keep their prefix. */
  public Map<String, String> clientSettings() {
    Map<String, String> settings = new TreeMap<>();
    fromFile.forEach(
        (key, value) -> {
          if (key.startsWith(KAFKA_PREFIX)) {
            settings.put(key.substring(KAFKA_PREFIX.length()), value);
          } else if (key.startsWith(REGISTRY_PREFIX)) {
            settings.put(key, value);
          }
        });
    return settings;
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option)) {
      return null;
    }
    String fromEnvironment = environment.get(variable(option));
    return fromEnvironment != null ? fromEnvironment : fromFile.get(key(option));
  }

  /** What holds, in the form of the file, each with where it comes from; secrets are masked. */
  private List<String> effective(ParseResult parsed) {
    List<String> lines = new ArrayList<>();
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (isSetting(option)) {
        Object value = option.getValue();
        lines.add("# " + origin(option, parsed));
        lines.add(
            (value == null ? "#" : "")
                + key(option)
                + "="
                + (value == null ? "" : shown(key(option), value.toString())));
      }
    }
    for (Map.Entry<String, String> setting : new TreeMap<>(fromFile).entrySet()) {
      String key = setting.getKey();
      if (key.startsWith(KAFKA_PREFIX) || key.startsWith(REGISTRY_PREFIX)) {
        lines.add("# file " + file);
        lines.add(key + "=" + shown(key, setting.getValue()));
      }
    }
    return lines;
  }

  private String origin(OptionSpec option, ParseResult parsed) {
    if (parsed.hasMatchedOption(option)) {
      return "command line";
    }
    if (environment.containsKey(variable(option))) {
      return "environment " + variable(option);
    }
    return fromFile.containsKey(key(option)) ? "file " + file : "default";
  }

  private static String shown(String key, String value) {
    if (SECRET.matcher(key).matches() && !NO_SECRET.matcher(key).matches()) {
      return MASK;
    }
    return URL_USER.matcher(value).replaceAll("//" + MASK + "@");
  }

  private static @Nullable Path file(List<String> arguments, Map<String, String> environment) {
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.startsWith(FILE_OPTION + "=")) {
        return Path.of(argument.substring(FILE_OPTION.length() + 1));
      }
      if (argument.equals(FILE_OPTION) && i + 1 < arguments.size()) {
        return Path.of(arguments.get(i + 1));
      }
    }
    String named = environment.get(ENVIRONMENT_PREFIX + "CONFIG");
    return named == null ? null : Path.of(named);
  }

  private static void refuseUnknown(
      CommandLine command, Path file, Set<String> keys, Predicate<String> isClientSetting)
      throws IOException {
    Set<String> options = new HashSet<>();
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (isSetting(option)) {
        options.add(key(option));
      }
    }
    for (String key : keys) {
      boolean known =
          key.startsWith(KAFKA_PREFIX)
              ? isClientSetting.test(key.substring(KAFKA_PREFIX.length()))
              : key.startsWith(REGISTRY_PREFIX) || options.contains(key);
      if (!known) {
        throw new ConfigException(
            file + ", line " + line(file, key) + ": unknown key " + key + suggestion(key, options));
      }
    }
  }

  private static int line(Path file, String key) throws IOException {
    List<String> lines = Files.readAllLines(file);
    Pattern entry = Pattern.compile("\\s*" + Pattern.quote(key) + "([\\s=:].*)?");
    for (int i = 0; i < lines.size(); i++) {
      if (entry.matcher(lines.get(i)).matches()) {
        return i + 1;
      }
    }
    return lines.size();
  }

  private static String suggestion(String key, Set<String> options) {
    if (key.startsWith(KAFKA_PREFIX)) {
      return "; the Kafka clients have no such setting";
    }
    return options.stream()
        .min(Comparator.comparingInt(option -> Typos.between(key, option)))
        .filter(option -> Typos.between(key, option) <= CLOSE)
        .map(option -> "; is " + option + " meant?")
        .orElse(
            "; the keys are the command's options without dashes, kafka.* and schema.registry.*");
  }

  /** What is asked of one run alone is no setting. */
  private static boolean isSetting(OptionSpec option) {
    return !option.usageHelp()
        && !option.versionHelp()
        && !option.longestName().equals(FILE_OPTION)
        && !option.longestName().equals(PRINT_OPTION);
  }

  private static String key(OptionSpec option) {
    return option.longestName().replaceFirst("^-+", "");
  }

  private static String variable(OptionSpec option) {
    return ENVIRONMENT_PREFIX + key(option).replace('-', '_').toUpperCase(Locale.ROOT);
  }
}
