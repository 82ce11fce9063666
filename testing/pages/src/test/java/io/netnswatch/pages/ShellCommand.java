package io.netnswatch.pages;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One program and its arguments, as a shell would start it; quoted arguments are blank.
 *
 * @param program its name, without directory
 */
record ShellCommand(String program, List<String> arguments) {

  private static final Pattern QUOTED = Pattern.compile("'[^']*'|\"(?:\\\\.|[^\"\\\\])*\"");
  private static final Pattern COMMENT = Pattern.compile("(?m)(^|\\s)#.*$");
  private static final Pattern REDIRECTION = Pattern.compile("\\d?[<>]+&?\\d?\\s*[^\\s;|&)]*");
  private static final Pattern SEPARATOR = Pattern.compile("[|;&\n()]+|\\$\\(");
  private static final Pattern ASSIGNMENT = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*=.*");

  /** Words before a command. */
  private static final Set<String> BEFORE =
      Set.of("do", "then", "else", "if", "while", "until", "!");

  private static final Set<String> BUILT_IN =
      Set.of(
          "done", "fi", "test", "echo", "break", "cd", "export", "time", "true", "exit", "wait",
          "kill");

  /** All commands of a script, in order, but for what the shell does itself. */
  static List<ShellCommand> of(String script) {
    String plain = script.replace("\\\n", " ");
    plain = QUOTED.matcher(plain).replaceAll("''");
    plain = COMMENT.matcher(plain).replaceAll("");
    plain = REDIRECTION.matcher(plain).replaceAll(" ");
    List<ShellCommand> commands = new ArrayList<>();
    for (String part : SEPARATOR.split(plain, -1)) {
      List<String> words = new ArrayList<>(Arrays.asList(part.strip().split("\\s+", -1)));
      while (!words.isEmpty() && (BEFORE.contains(words.get(0)) || isAssignment(words.get(0)))) {
        words.remove(0);
      }
      started(words, commands);
    }
    return commands;
  }

  /** Programs that start the one that is named after their own arguments. */
  private static void started(List<String> words, List<ShellCommand> commands) {
    if (words.isEmpty() || words.get(0).isEmpty() || words.get(0).equals("for")) {
      return;
    }
    String program = words.get(0).replaceFirst(".*/", "");
    List<String> arguments = words.subList(1, words.size());
    switch (program) {
      case "sudo", "time" -> started(arguments, commands);
      case "timeout" -> {
        commands.add(new ShellCommand(program, List.of()));
        started(arguments.subList(1, arguments.size()), commands);
      }
      case "xargs" -> {
        commands.add(new ShellCommand(program, List.of()));
        started(arguments.stream().dropWhile(it -> it.startsWith("-")).toList(), commands);
      }
      default -> {
        if (!BUILT_IN.contains(program)) {
          commands.add(new ShellCommand(program, List.copyOf(arguments)));
        }
      }
    }
  }

  private static boolean isAssignment(String word) {
    return ASSIGNMENT.matcher(word).matches();
  }
}
