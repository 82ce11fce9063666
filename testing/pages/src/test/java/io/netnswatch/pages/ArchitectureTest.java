package io.netnswatch.pages;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The arrows between the modules, as their POMs draw them. */
class ArchitectureTest {

  private static final Set<String> BASE = Set.of("schemas", "schema-registry-client", "detection");

  /** What each module may stand on; test scope apart. */
  private static final Map<String, Set<String>> MAY_USE =
      Map.of(
          "schemas", Set.of(),
          "detection", Set.of("schemas"),
          "command", BASE,
          "console", with(BASE, "command"),
          "collector", with(BASE, "command"),
          "streams-app", with(BASE, "command", "console"),
          "oncall", with(BASE, "command"),
          "replay", with(BASE, "command", "console", "collector"));

  /** What a collector on every host, and a reader of history, must not carry. */
  private static final Set<String> HEAVY = Set.of("kafka-streams", "rocksdbjni", "javalin");

  private static final Pattern DEPENDENCY =
      Pattern.compile(
          "<dependency>(?:\\s|<!--.*?-->)*<groupId>([^<]+)</groupId>\\s*<artifactId>([^<]+)"
              + "</artifactId>(.*?)</dependency>",
          Pattern.DOTALL);

  static Set<String> modules() {
    return new TreeSet<>(MAY_USE.keySet());
  }

  @ParameterizedTest
  @MethodSource("modules")
  void dependenciesPointOneWay(String module) {
    assertThat(dependencies(module, "io.netnswatch")).isSubsetOf(MAY_USE.get(module));
  }

  @ParameterizedTest
  @MethodSource("modules")
  void onlyTheStreamsApplicationCarriesStreams(String module) {
    Set<String> all = dependencies(module, "");
    if (module.equals("streams-app")) {
      assertThat(all).containsAll(HEAVY);
    } else {
      assertThat(all).doesNotContainAnyElementsOf(HEAVY);
    }
  }

  @Test
  void noTwoClassesHaveOneName() {
    Map<String, Set<String>> modulesByName =
        Repository.files(".java").stream()
            .filter(path -> path.contains("/src/main/java/") && !path.endsWith("package-info.java"))
            .filter(path -> !path.startsWith("testing/benchmarks/"))
            .collect(
                groupingBy(
                    path -> path.replaceAll(".*/|\\.java$", ""),
                    TreeMap::new,
                    mapping(path -> path.replaceAll("/src/main/java/.*", ""), toSet())));

    modulesByName.values().removeIf(modules -> modules.size() == 1);

    assertThat(modulesByName).isEmpty();
  }

  private static Set<String> dependencies(String module, String groupPrefix) {
    Set<String> found = new TreeSet<>();
    Matcher dependency = DEPENDENCY.matcher(Repository.text(module + "/pom.xml"));
    while (dependency.find()) {
      if (dependency.group(1).startsWith(groupPrefix)
          && !dependency.group(3).contains("<scope>test</scope>")) {
        found.add(dependency.group(2));
      }
    }
    return found;
  }

  private static Set<String> with(Set<String> some, String... more) {
    Set<String> all = new TreeSet<>(some);
    all.addAll(Set.of(more));
    return all;
  }
}
