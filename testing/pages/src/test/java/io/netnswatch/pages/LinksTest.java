package io.netnswatch.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every link of every page leads somewhere. */
class LinksTest {

  /** Of other people's pages only those of these hosts are linked: sources that stay. */
  private static final Set<String> HOSTS =
      Set.of(
          "bugs.launchpad.net", "git.kernel.org", "github.com", "kubernetes.io", "docs.kernel.org");

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
