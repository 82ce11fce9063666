package io.netnswatch.collector.proc;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/**
 * Kernel functions and programs of interest, as {@code of-interest.properties} beside this class
 * lists them. What they mean is judged elsewhere: here they decide only what is looked at.
 */
public final class OfInterest {

  private static final String FILE = "of-interest.properties";

  private static final OfInterest SHIPPED = read();

  private final Map<KernelRole, FunctionNames> functions;
  private final FunctionNames programs;

  private OfInterest(Map<KernelRole, FunctionNames> functions, FunctionNames programs) {
    this.functions = functions;
    this.programs = programs;
  }

  private static OfInterest read() {
    Properties lines = new Properties();
    try (InputStream in = OfInterest.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException(FILE + " is not in the class path");
      }
      lines.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<KernelRole, FunctionNames> functions = new EnumMap<>(KernelRole.class);
    for (KernelRole role : KernelRole.values()) {
      functions.put(role, patterns(lines, role.name().toLowerCase(Locale.ROOT)));
    }
    return new OfInterest(functions, patterns(lines, "programs"));
  }

  private static FunctionNames patterns(Properties lines, String key) {
    String patterns = lines.getProperty(key);
    if (patterns == null) {
      throw new IllegalStateException(FILE + ": no line " + key);
    }
    return FunctionNames.of(patterns);
  }

  /** Roles of a task with these functions on its stack, in any order. */
  static Set<KernelRole> rolesOf(Collection<String> functions) {
    Set<KernelRole> roles = EnumSet.noneOf(KernelRole.class);
    for (String function : functions) {
      String name = withoutSuffix(function);
      SHIPPED.functions.forEach(
          (role, patterns) -> {
            if (!roles.contains(role) && patterns.matches(name)) {
              roles.add(role);
            }
          });
    }
    return roles;
  }

  /** Whether a function is part of the creation of a network namespace. */
  public static boolean isCreation(String function) {
    FunctionNames creation = SHIPPED.functions.get(KernelRole.CREATION);
    return creation != null && creation.matches(withoutSuffix(function));
  }

  /** Whether a program is one that creates namespaces in any of its threads. */
  static boolean isRuntime(String comm) {
    return SHIPPED.programs.matches(comm);
  }

  /** Compilers add .isra.N, .constprop.N, .part.N, .cold, .clone.N, .llvm.N, .lto_priv.N. */
  private static String withoutSuffix(String function) {
    int suffix = function.indexOf('.');
    return suffix <= 0 ? function : function.substring(0, suffix);
  }
}
