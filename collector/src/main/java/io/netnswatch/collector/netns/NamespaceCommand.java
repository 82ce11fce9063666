package io.netnswatch.collector.netns;

import io.netnswatch.schema.NetnsCommand;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an {@code ip netns} or {@code unshare} command line says. Nothing else of a command line is
 * ever kept: it may hold secrets.
 *
 * @param command what it does; null if it neither creates, deletes nor lists (e.g. exec)
 * @param netnsName the namespace, if it names one; at most 64 characters
 * @param arguments the arguments in canonical form, e.g. {@code netns add blue}
 */
public record NamespaceCommand(
    @Nullable NetnsCommand command, @Nullable String netnsName, String arguments) {

  private static final int MAX_NAME = 64;

  /** Options of ip that take a value (ip/ip.c). */
  private static final List<String> WITH_VALUE =
      List.of("-n", "-netns", "-f", "-family", "-l", "-loops", "-rc", "-rcvbuf", "-b", "-batch");

  /**
   * Reads a command line.
   *
   * @param line program and arguments
   * @return null if it is no such command
   */
  public static @Nullable NamespaceCommand parse(List<String> line) {
    if (line.isEmpty()) {
      return null;
    }
    String program = line.get(0).substring(line.get(0).lastIndexOf('/') + 1);
    List<String> arguments = line.subList(1, line.size());
    return switch (program) {
      case "ip" -> ip(arguments);
      case "unshare" -> unshare(arguments);
      default -> null;
    };
  }

  /** Reads {@code /proc/PID/cmdline}, whose arguments end with NUL. */
  public static @Nullable NamespaceCommand parseCmdline(String cmdline) {
    return parse(Arrays.stream(cmdline.split("\0", -1)).filter(a -> !a.isEmpty()).toList());
  }

  private static @Nullable NamespaceCommand ip(List<String> arguments) {
    int at = 0;
    while (at < arguments.size() && arguments.get(at).startsWith("-")) {
      at += WITH_VALUE.contains(arguments.get(at)) ? 2 : 1;
    }
    if (at >= arguments.size() || !isPrefix(arguments.get(at), "netns", 3)) {
      return null;
    }
    String verb = at + 1 < arguments.size() ? arguments.get(at + 1) : "list";
    String name = at + 2 < arguments.size() ? capped(arguments.get(at + 2)) : null;
    if (isPrefix(verb, "list", 2) || verb.equals("show")) {
      return new NamespaceCommand(NetnsCommand.LIST, null, "netns list");
    }
    if (isPrefix(verb, "add", 1)) {
      return of(NetnsCommand.ADD, "netns add", name);
    }
    if (isPrefix(verb, "delete", 3)) {
      return of(NetnsCommand.DELETE, "netns delete", name);
    }
    return isPrefix(verb, "exec", 1) ? of(null, "netns exec", name) : null;
  }

  private static @Nullable NamespaceCommand unshare(List<String> arguments) {
    for (String argument : arguments) {
      if (!argument.startsWith("-") || argument.equals("--")) {
        break;
      }
      boolean shortOptions = !argument.startsWith("--");
      if (argument.startsWith("--net") || (shortOptions && argument.indexOf('n') > 0)) {
        return new NamespaceCommand(NetnsCommand.ADD, null, "unshare --net");
      }
    }
    return null;
  }

  private static NamespaceCommand of(
      @Nullable NetnsCommand command, String verb, @Nullable String name) {
    return new NamespaceCommand(command, name, name == null ? verb : verb + " " + name);
  }

  /** ip accepts any unambiguous beginning of a word. */
  private static boolean isPrefix(String given, String word, int atLeast) {
    return given.length() >= atLeast && word.startsWith(given);
  }

  private static String capped(String name) {
    return name.substring(0, Math.min(name.length(), MAX_NAME));
  }
}
