package io.netnswatch.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every link of every page leads somewhere, and every class that one names exists. */
class LinksTest {

  /** Of other people's pages only those of these hosts are linked: sources that stay. */
  private static final Set<String> HOSTS =
      Set.of(
          "bugs.launchpad.net", "git.kernel.org", "github.com", "kubernetes.io", "docs.kernel.org");

  /** Two words or more in one. */
  private static final Pattern CLASS = Pattern.compile("[A-Z][a-z0-9]+([A-Z][A-Za-z0-9]*)+");

  private static final Pattern RECORD = Pattern.compile("\"name\": *\"([A-Z]\\w+)\"");

  private static final Pattern LINK_TO_CLASS =
      Pattern.compile("\\[`?(\\w+)`?\\]\\([^)]*/(\\w+)\\.java\\)");

  /** Of other people: of Kafka Streams, the JDK, the kernel, Kubernetes. */
  private static final Set<String> OTHERS =
      Set.of(
          "WindowStore",
          "CachedStateStore",
          "HttpServer",
          "TrimNativeHeapInterval",
          "VmRSS",
          "NoExecute",
          "NoSchedule",
          "NetnsCleanupStuck",
          "NetnsCreationBlocked");

  private static final Set<String> CLASSES = classes();

  static Stream<String> pages() {
    return Repository.files(".md").stream();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void linksResolve(String path) {
    Page page = Page.read(path);

    for (String link : page.links()) {
      if (link.startsWith("https://")) {
        assertThat(HOSTS).as(path).contains(URI.create(link).getHost());
      } else {
        assertResolves(page, link);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void classesThatAreNamedExist(String path) {
    for (String code : Page.read(path).codes()) {
      if (CLASS.matcher(code).matches()) {
        assertThat(CLASSES).as("%s: a class that was renamed or is gone", path).contains(code);
      }
    }
  }

  @Test
  void linkToAClassHasItsName() {
    for (String path : Repository.files(".md")) {
      for (MatchResult link : LINK_TO_CLASS.matcher(Repository.text(path)).results().toList()) {
        assertThat(link.group(1)).as(path).isEqualTo(link.group(2));
      }
    }
  }

  /** Our Java files, the records of the schemas, and what we name of others. */
  private static Set<String> classes() {
    Set<String> names = new HashSet<>(OTHERS);
    for (String file : Repository.files(".java")) {
      names.add(Path.of(file).getFileName().toString().replace(".java", ""));
    }
    for (String file : Repository.files(".avsc")) {
      RECORD.matcher(Repository.text(file)).results().forEach(it -> names.add(it.group(1)));
    }
    return names;
  }

  private static void assertResolves(Page page, String link) {
    assertThat(link).as(page.path()).doesNotContain("://").doesNotStartWith("/");
    String[] parts = link.split("#", 2);
    Path from = Path.of("/", page.path());
    Path target = parts[0].isEmpty() ? from : from.resolveSibling(parts[0]).normalize();
    String relative = target.toString().substring(1);
    assertThat(Files.exists(Repository.path(relative))).as("%s: %s", page.path(), link).isTrue();
    if (parts.length == 2) {
      assertThat(Page.read(relative).anchors()).as(page.path()).contains(parts[1]);
    }
  }
}
