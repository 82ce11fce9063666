package io.netnswatch.docs;

import java.lang.reflect.Constructor;
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

  /** The options of a command that {@link #classes} names. */
  CommandSpec spec(String command) {
    try {
      Constructor<?> constructor = Class.forName(classes.get(command)).getDeclaredConstructor();
      constructor.setAccessible(true);
      return new CommandLine(constructor.newInstance()).getCommandSpec();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(command, e);
    }
  }
}
