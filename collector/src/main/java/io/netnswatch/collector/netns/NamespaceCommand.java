package io.netnswatch.collector.netns;

import io.netnswatch.schema.NetnsCommand;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  /** Options of ip that take a value, with their shortest form (ip/ip.c). */
  private static final Map<String, Integer> IP_WITH_VALUE =
      Map.of("-loops", 2, "-family", 2, "-rcvbuf", 3, "-batch", 2, "-netns", 2);

  /** Options of unshare that take a value (util-linux, sys-utils/unshare.c). */
  private static final String UNSHARE_SHORT_WITH_VALUE = "RwSGl";

  private static final Set<String> UNSHARE_LONG_WITH_VALUE =
      Set.of(
          "--propagation",
          "--setgroups",
          "--map-user",
          "--map-users",
          "--map-group",
          "--map-groups",
          "--root",
          "--wd",
          "--setuid",
          "--setgid",
          "--monotonic",
          "--boottime",
          "--load-interp");

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

  /**
   * What a command line said that did that.
   *
   * @param comm name of its program; null is {@code ip}
   * @param netnsName the namespace, if it named one
   */
  public static NamespaceCommand of(
      NetnsCommand command, @Nullable String comm, @Nullable String netnsName) {
    return switch (command) {
      case ADD ->
          "unshare".equals(comm)
              ? new NamespaceCommand(command, null, "unshare --net")
              : named(command, "netns add", netnsName);
      case DELETE -> named(command, "netns delete", netnsName);
      case LIST -> new NamespaceCommand(command, null, "netns list");
    };
  }

  /** The command in canonical form, e.g. {@code ip netns add blue}. */
  public String line() {
    return arguments.startsWith("netns ") ? "ip " + arguments : arguments;
  }

  private static @Nullable NamespaceCommand ip(List<String> arguments) {
    int at = 0;
    while (at < arguments.size() && arguments.get(at).startsWith("-")) {
      at += takesValue(arguments.get(at)) ? 2 : 1;
    }
    if (at >= arguments.size() || !isPrefix(arguments.get(at), "netns", 3)) {
      return null;
    }
    String verb = at + 1 < arguments.size() ? arguments.get(at + 1) : "list";
    String name = at + 2 < arguments.size() ? capped(arguments.get(at + 2)) : null;
    if (isPrefix(verb, "list", 1) || isPrefix(verb, "show", 1) || isPrefix(verb, "lst", 1)) {
      return new NamespaceCommand(NetnsCommand.LIST, null, "netns list");
    }
    if (isPrefix(verb, "add", 1)) {
      return named(NetnsCommand.ADD, "netns add", name);
    }
    if (isPrefix(verb, "delete", 1)) {
      return named(NetnsCommand.DELETE, "netns delete", name);
    }
    return isPrefix(verb, "exec", 1) ? named(null, "netns exec", name) : null;
  }

  /** ip takes its options with one dash or two, cut short as one likes. */
  private static boolean takesValue(String argument) {
    String option = argument.startsWith("--") ? argument.substring(1) : argument;
    return IP_WITH_VALUE.entrySet().stream()
        .anyMatch(known -> isPrefix(option, known.getKey(), known.getValue()));
  }

  private static @Nullable NamespaceCommand unshare(List<String> arguments) {
    for (int at = 0; at < arguments.size(); at++) {
      String argument = arguments.get(at);
      if (!argument.startsWith("-") || argument.equals("--") || argument.equals("-")) {
        return null;
      }
      if (argument.startsWith("--")) {
        if (argument.equals("--net") || argument.startsWith("--net=")) {
          return new NamespaceCommand(NetnsCommand.ADD, null, "unshare --net");
        }
        at += UNSHARE_LONG_WITH_VALUE.contains(argument) ? 1 : 0;
        continue;
      }
      for (int letter = 1; letter < argument.length(); letter++) {
        if (argument.charAt(letter) == 'n') {
          return new NamespaceCommand(NetnsCommand.ADD, null, "unshare --net");
        }
        if (UNSHARE_SHORT_WITH_VALUE.indexOf(argument.charAt(letter)) >= 0) {
          at += letter + 1 == argument.length() ? 1 : 0; // else the value is the rest of it
          break;
        }
      }
    }
    return null;
  }

  private static NamespaceCommand named(
      @Nullable NetnsCommand command, String verb, @Nullable String name) {
    return new NamespaceCommand(command, name, name == null ? verb : verb + " " + name);
  }

  /** ip accepts the beginning of a word, and takes the first word that fits. */
  private static boolean isPrefix(String given, String word, int atLeast) {
    return given.length() >= atLeast && word.startsWith(given);
  }

  private static String capped(String name) {
    return name.substring(0, Math.min(name.length(), MAX_NAME));
  }
}
