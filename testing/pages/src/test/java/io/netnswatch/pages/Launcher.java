package io.netnswatch.pages;

import static java.util.Objects.requireNonNull;

import io.netnswatch.command.Commands;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The commands of {@code ./netnswatch}, as its text says, with the classes that read their options.
 */
final class Launcher {

  private static final Pattern RUN =
      Pattern.compile("(?ms)^([a-z-]+)\\)(?:(?!;;).)*?\\brun [a-z-]+ ([a-zA-Z.]+) ");

  private final Map<String, String> classes = new TreeMap<>();

  private Launcher(String text) {
    Matcher command = RUN.matcher(text);
    command.results().forEach(this::add);
  }

  static Launcher read() {
    return new Launcher(Repository.text("netnswatch"));
  }

  private void add(MatchResult command) {
    classes.put(command.group(1), "io.netnswatch." + command.group(2));
  }

  /** Each command's name and its class. */
  Map<String, String> classes() {
    return classes;
  }

  boolean has(String command) {
    return classes.containsKey(command) || command.equals("verify") || command.startsWith("--");
  }

  /** Those of the words that look like options and are none of the command's. */
  List<String> unknownOptions(String command, List<String> words) {
    if (command.equals("verify") || command.startsWith("--")) {
      return List.of();
    }
    CommandSpec now = spec(command);
    List<String> unknown = new ArrayList<>();
    for (String word : words) {
      CommandLine sub = now.subcommands().get(word);
      if (sub != null) {
        now = sub.getCommandSpec();
      } else if (word.startsWith("--") && now.findOption(word.split("=", 2)[0]) == null) {
        unknown.add(word);
      }
    }
    return unknown;
  }

  /** The options of a command that {@link #classes} names. */
  CommandSpec spec(String command) {
    try {
      Constructor<?> constructor =
          Class.forName(requireNonNull(classes.get(command), command)).getDeclaredConstructor();
      constructor.setAccessible(true);
      return Commands.line(constructor.newInstance()).getCommandSpec();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(command, e);
    }
  }
}
