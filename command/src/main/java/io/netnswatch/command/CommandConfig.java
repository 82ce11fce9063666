package io.netnswatch.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
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

  /** Of what can't be a key. */
  private static final int MOST_SHOWN = 100;

  /** In a name of the environment; shorter ones differ by few letters, as from does from for. */
  private static final int LETTERS_FOR_A_TYPO = 5;

  private static final String MASK = "********";

  /** Names of settings that hold a secret, or may. */
  private static final Pattern SECRET =
      Pattern.compile(
          "(?i).*(password|passphrase|secret|token|jaas|credential|user\\.info|\\.key$).*");

  /** These are about where a secret is, or how it is used. */
  private static final Pattern NO_SECRET =
      Pattern.compile("(?i).*(\\.file|-file|\\.location|\\.source|\\.class|\\.url|\\.uri)$");

  private static final Pattern URL_USER = Pattern.compile("//[^/@]*@");

  private final Map<String, String> environment;
  private final @Nullable Path file;
  private final Map<String, String> fromFile;

  private CommandConfig(
      Map<String, String> environment, @Nullable Path file, Map<String, String> fromFile) {
    this.environment = environment;
    this.file = file;
    this.fromFile = fromFile;
  }

  /** Gives a command, and those below it, {@code --config} and {@code --print-config}. */
  static void addOptions(CommandLine command) {
    command.getCommandSpec().addOption(FILE_OPTION_SPEC).addOption(PRINT_OPTION_SPEC);
    command.getSubcommands().values().forEach(CommandConfig::addOptions);
  }

  /**
   * Lets a command take its defaults from environment and file.
   *
   * @param command to which {@link #addOptions} gave its options
   * @param arguments of the command, in which the file may be named
   * @throws IOException if the file can't be read
   * @throws ConfigException if file or environment say what they may not; names file, line and key
   */
  static void install(CommandLine command, List<String> arguments, Map<String, String> environment)
      throws IOException {
    Path file = file(arguments, environment);
    Map<String, String> settings = file == null ? Map.of() : read(file);
    Set<String> keys = keys(command);
    if (file != null) {
      refuseUnknown(file, settings.keySet(), keys, clientSettings(command));
    }
    refuseUnknown(environment.keySet(), keys);
    command.setDefaultValueProvider(new CommandConfig(environment, file, settings));
  }

  /** What a command was given besides its command line. */
  static CommandConfig of(CommandLine command) {
    return command.getDefaultValueProvider() instanceof CommandConfig config
        ? config
        : new CommandConfig(Map.of(), null, Map.of());
  }

  /** Settings of the Kafka clients in the file of a command; the registry's keep their prefix. */
  public static Map<String, String> clientSettingsOf(CommandSpec command) {
    return of(command.commandLine()).clientSettings();
  }

  /** Which names may stand behind {@code kafka.}: none where a command has no Kafka client. */
  private static Predicate<String> clientSettings(CommandLine command) {
    if (command.getCommandSpec().userObject() instanceof KnowsClientSettings own) {
      return own::isClientSetting;
    }
    return KafkaClients::hasSetting;
  }

  private static Map<String, String> read(Path file) throws IOException {
    try {
      return KafkaConfigFile.read(file);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no file " + file, e);
    }
  }

  /** Whether to say what holds, instead of doing anything. */
  static boolean isToBePrinted(ParseResult parsed) {
    ParseResult called = parsed;
    while (called.hasSubcommand()) {
      called = called.subcommand();
    }
    return called.hasMatchedOption(PRINT_OPTION);
  }

  /** Prints what holds. */
  void print(CommandLine command, PrintWriter out) {
    effective(command).forEach(out::println);
    out.flush();
  }

  /** Settings of the clients in the file; those of the registry's keep their prefix. */
  private Map<String, String> clientSettings() {
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
  private List<String> effective(CommandLine command) {
    ParseResult parsed = command.getParseResult();
    List<String> lines = new ArrayList<>();
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (isSetting(option)) {
        Object value = option.getValue();
        lines.add("# " + origin(option, parsed));
        lines.add(
            (value == null ? "#" : "")
                + key(option)
                + "="
                + (value == null ? "" : shown(key(option), text(value))));
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

  private static String text(Object value) {
    return value instanceof Collection<?> several
        ? several.stream().map(OptionChecks::shown).collect(Collectors.joining(","))
        : OptionChecks.shown(value);
  }

  private static String shown(String key, String value) {
    if (SECRET.matcher(key).matches() && !NO_SECRET.matcher(key).matches()) {
      return MASK;
    }
    return URL_USER.matcher(value).replaceAll("//" + MASK + "@");
  }

  /** The file is needed before the defaults are, so a parser of its own looks for it alone. */
  private static @Nullable Path file(List<String> arguments, Map<String, String> environment) {
    CommandLine finder =
        new CommandLine(CommandSpec.create().addOption(FILE_OPTION_SPEC))
            .setExpandAtFiles(false)
            .setUnmatchedArgumentsAllowed(true)
            .setOverwrittenOptionsAllowed(true);
    ParseResult found = finder.parseArgs(arguments.toArray(String[]::new));
    if (found.hasMatchedOption(FILE_OPTION)) {
      return found.matchedOptionValue(FILE_OPTION, null);
    }
    String named = environment.get(ENVIRONMENT_PREFIX + "CONFIG");
    return named == null || named.isBlank() ? null : Path.of(named);
  }

  /** Names of the settings of a command and of those below it. */
  private static Set<String> keys(CommandLine command) {
    Set<String> keys = new TreeSet<>();
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (isSetting(option)) {
        keys.add(key(option));
      }
    }
    command.getSubcommands().values().forEach(sub -> keys.addAll(keys(sub)));
    return keys;
  }

  private static void refuseUnknown(
      Path file, Set<String> found, Set<String> keys, Predicate<String> isClientSetting)
      throws IOException {
    for (String key : found) {
      boolean known =
          key.startsWith(KAFKA_PREFIX)
              ? isClientSetting.test(key.substring(KAFKA_PREFIX.length()))
              : key.startsWith(REGISTRY_PREFIX) || keys.contains(key);
      if (!known) {
        throw new ConfigException(
            file
                + ", line "
                + line(file, key)
                + ": unknown key "
                + key.substring(0, Math.min(key.length(), MOST_SHOWN))
                + suggestion(key, keys));
      }
    }
  }

  /**
   * Variables of other commands, and of who knows what, may begin alike; one that is nearly an
   * option of this command is a typo, which would otherwise count for nothing in silence.
   */
  private static void refuseUnknown(Set<String> variables, Set<String> keys) {
    for (String variable : new TreeSet<>(variables)) {
      if (variable.startsWith(ENVIRONMENT_PREFIX)) {
        String word = variable.substring(ENVIRONMENT_PREFIX.length());
        boolean known =
            variable.equals(ENVIRONMENT_PREFIX + "CONFIG")
                || keys.stream().anyMatch(key -> variable(key).equals(variable));
        if (!known) {
          int close = Math.min(CLOSE, word.length() / LETTERS_FOR_A_TYPO);
          keys.stream()
              .filter(key -> Typos.between(word, key) <= close)
              .findFirst()
              .ifPresent(
                  key -> {
                    throw new ConfigException(
                        "unknown variable " + variable + "; is " + variable(key) + " meant?");
                  });
        }
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
    return variable(key(option));
  }

  private static String variable(String key) {
    return ENVIRONMENT_PREFIX + key.replace('-', '_').toUpperCase(Locale.ROOT);
  }
}
