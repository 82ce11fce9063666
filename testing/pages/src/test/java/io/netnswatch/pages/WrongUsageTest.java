package io.netnswatch.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.command.Commands;
import io.netnswatch.command.DataSize;
import io.netnswatch.command.InputPath;
import io.netnswatch.command.MustBe;
import io.netnswatch.command.OutputFile;
import io.netnswatch.command.Range;
import io.netnswatch.command.WordForm;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.AnnotatedElement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Whatever option of whatever command is given what it can't be: one line says which and what may
 * stand there, the exit code is 2, and nothing has been begun.
 */
class WrongUsageTest {

  private static final Launcher LAUNCHER = Launcher.read();
  private static final int USAGE = 2;

  /** Nobody listens there. */
  private static final List<String> CLUSTER =
      List.of("--bootstrap-servers=127.0.0.1:1", "--schema-registry-url=http://127.0.0.1:1");

  /** What commands must be told before they look at the option that is wrong. */
  private static final Map<String, List<String>> TOLD =
      Map.of(
          "diagnose", List.of("--watch"),
          "topics", CLUSTER,
          "dead-letters", CLUSTER,
          "oncall", CLUSTER);

  /** Options that are looked at by the command itself, and what they can't be. */
  private static final Map<String, List<String>> WRONG_WORDS =
      Map.of(
          "--retention", List.of("soon", "-1d", "1s"),
          "--show", List.of("here", "1@x", "-1@5"),
          "--on-change", List.of("/no/such/program"),
          "--set", List.of("x", "netns-cleanup-livelock.hot.cpus=NaN", "nothing.hot.cpus=1"),
          "--scenario", List.of("no-such-scenario"));

  /** Which of them may be anything, and why that does no harm. */
  private static final Set<String> ANYTHING =
      Set.of(
          "--netns-dir", // made by the first ip netns add
          "--kmsg", // a source that is off where it is missing
          "--spool-dir", // made; without it nothing is spooled, and the log says so
          "--state-dir", // made; Kafka Streams names it where that fails
          "--host", // a pattern of names
          "--archive"); // export makes it

  @TempDir private static Path folder;

  /**
   * A command line that can't be meant.
   *
   * @param command its words, and those options that it can't do without
   * @param wrong the argument that is wrong
   * @param named what the one line must name
   * @param printed whether to ask for the settings alone, so that nothing can begin
   */
  private record Case(List<String> command, String wrong, String named, boolean printed) {

    @Override
    public String toString() {
      return String.join(" ", command) + " " + wrong;
    }
  }

  static Stream<Case> cases() throws IOException {
    Files.writeString(folder.resolve("file"), "x");
    List<Case> cases = new ArrayList<>();
    for (String command : LAUNCHER.classes().keySet()) {
      add(cases, List.of(command), LAUNCHER.spec(command));
    }
    return cases.stream();
  }

  private static void add(List<Case> cases, List<String> words, CommandSpec spec) {
    spec.subcommands()
        .forEach(
            (name, sub) -> {
              List<String> more = new ArrayList<>(words);
              more.add(name);
              add(cases, more, sub.getCommandSpec());
            });
    cases.add(new Case(needed(words, spec, ""), "--no-such-option", "--no-such-option", true));
    for (OptionSpec option : spec.options()) {
      String name = option.longestName();
      List<String> command = needed(words, spec, name);
      for (String value : wrongValues(option)) {
        cases.add(new Case(command, name + "=" + value, name, true));
      }
      if (!isChecked(option)) {
        for (String word : WRONG_WORDS.getOrDefault(name, List.of())) {
          cases.add(new Case(command, name + "=" + word, name, false));
        }
      }
    }
  }

  private static List<String> wrongValues(OptionSpec option) {
    Class<?> type = option.auxiliaryTypes()[0];
    List<String> wrong = new ArrayList<>();
    boolean isCounted =
        type == Duration.class
            || type == DataSize.class
            || (type.isPrimitive() && type != boolean.class)
            || Number.class.isAssignableFrom(type);
    if (isCounted || type.isEnum()) {
      wrong.add("twelve");
    }
    if (option.userObject() instanceof AnnotatedElement declared) {
      if (declared.isAnnotationPresent(Range.class)) {
        wrong.addAll(List.of("-2", "99999999999999999999", "1e309", "NaN", ""));
      }
      if (declared.isAnnotationPresent(MustBe.class)) {
        wrong.addAll(wrongWords(declared.getAnnotation(MustBe.class).value()));
      }
      if (declared.isAnnotationPresent(InputPath.class)
          || declared.isAnnotationPresent(OutputFile.class)) {
        wrong.add("/no/such/folder/file");
      }
    }
    return wrong;
  }

  private static List<String> wrongWords(WordForm form) {
    return switch (form) {
      case ADDRESS_OR_OFF, ADDRESS ->
          List.of("", "here", ":8480", "8480:localhost", "localhost:65536", "a/b:1");
      case SERVERS -> List.of("", "localhost", "localhost:0", "a:9092,", "http://a:9092");
      case WEB_URL, WEB_URLS -> List.of("", "registry", "ftp://registry", "http://", "http://a:x");
      case URL_PREFIX -> List.of("http://a b");
      case TOPIC_PREFIX -> List.of("no good/", "x".repeat(201), "\u043d\u0435\u0442.");
      case TOPIC, APPLICATION_ID -> List.of("", "a b", "a/b", "..", "x".repeat(250));
      case NAME -> List.of("", "a b", "a\nb", "\u202ea", "x".repeat(256));
      case TEXT -> List.of("", " ", "a\u001b[2Jb", "x".repeat(1_001));
    };
  }

  private static boolean isChecked(OptionSpec option) {
    Class<?> type = option.auxiliaryTypes()[0];
    return option.userObject() instanceof AnnotatedElement declared
        && (declared.isAnnotationPresent(Range.class)
            || declared.isAnnotationPresent(MustBe.class)
            || declared.isAnnotationPresent(InputPath.class)
            || declared.isAnnotationPresent(OutputFile.class)
            || type == boolean.class
            || type.isEnum()
            || type == Instant.class);
  }

  static Stream<OptionSpec> words() {
    return LAUNCHER.classes().keySet().stream().flatMap(it -> options(LAUNCHER.spec(it)));
  }

  private static Stream<OptionSpec> options(CommandSpec spec) {
    return Stream.concat(
        spec.options().stream()
            .filter(it -> it.userObject() instanceof AnnotatedElement && !isChecked(it)),
        spec.subcommands().values().stream().flatMap(it -> options(it.getCommandSpec())));
  }

  /** Whoever adds an option says what it can't be. */
  @ParameterizedTest
  @MethodSource("words")
  void everyOptionHasAForm(OptionSpec option) {
    assertThat(ANYTHING.contains(option.longestName()))
        .as("%s may be anything, or else is checked", option.longestName())
        .isNotEqualTo(WRONG_WORDS.containsKey(option.longestName()));
  }

  /** The words of a command and whatever it can't do without, but for one option. */
  private static List<String> needed(List<String> words, CommandSpec spec, String butFor) {
    List<String> command = new ArrayList<>(words);
    for (OptionSpec option : spec.options()) {
      if (option.required()
          && option.auxiliaryTypes()[0] != boolean.class
          && !option.longestName().equals(butFor)) {
        command.add(option.longestName() + "=" + right(option));
      }
    }
    for (String told : TOLD.getOrDefault(words.get(0), List.of())) {
      String name = told.split("=", 2)[0];
      if (spec.findOption(name) != null && !name.equals(butFor)) {
        command.add(told);
      }
    }
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      if (parameter.required()) {
        command.add(right(parameter));
      }
    }
    return command;
  }

  private static String right(ArgSpec argument) {
    if (argument.userObject() instanceof AnnotatedElement declared
        && declared.isAnnotationPresent(InputPath.class)) {
      InputPath.Kind kind = declared.getAnnotation(InputPath.class).value();
      return (kind == InputPath.Kind.DIRECTORY ? folder : folder.resolve("file")).toString();
    }
    return argument.auxiliaryTypes()[0] == Path.class ? folder.resolve("new").toString() : "right";
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void oneLineSaysWhatIsWrong(Case given) {
    // Given
    List<String> words = given.command();
    List<String> arguments = new ArrayList<>(words.subList(1, words.size()));
    arguments.add(given.wrong());
    if (given.printed()) {
      arguments.add("--print-config");
    }
    CommandLine line = LAUNCHER.spec(words.get(0)).commandLine();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();

    // When
    int code =
        Commands.run(
            line.getCommand(),
            Map.of(),
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            arguments.toArray(String[]::new));

    // Then
    assertThat(err.toString().lines())
        .as("%s: %s", given, err)
        .singleElement()
        .asString()
        .startsWith("netnswatch " + words.get(0))
        .contains(given.named());
    assertThat(code).isEqualTo(USAGE);
    assertThat(out.toString()).isEmpty();
  }
}
