package io.netnswatch.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No line of prose is wider than 120 characters; {@code -Dnetnswatch.rewrite=true} wraps them. */
class ProseTest {

  static Stream<String> pages() {
    return Repository.files(".md").stream();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void pageIsWrapped(String path) throws IOException {
    String wrapped = Prose.wrap(Repository.text(path));
    if (Boolean.getBoolean("netnswatch.rewrite")) {
      Files.writeString(Repository.path(path), wrapped);
    }

    assertThat(Repository.path(path))
        .as("%s, its lines wrapped; -Dnetnswatch.rewrite=true does it", path)
        .hasContent(wrapped);
  }

  @Test
  void wideParagraphIsWrappedAndNothingElse() {
    String words = "word ".repeat(30).strip();
    String link = "[some words](" + "a".repeat(120) + ".md)";
    String page =
        String.join(
            "\n",
            "# " + words,
            "",
            words,
            "- " + words,
            "  and more",
            "  1. " + words + " `a b c`",
            "> " + words,
            "",
            "short",
            "lines",
            "",
            "see " + link + ".",
            "| " + words + " |",
            "```",
            words,
            "```",
            "");

    String wrapped = Prose.wrap(page);

    assertThat(Prose.wrap(wrapped)).isEqualTo(wrapped);
    assertThat(wrapped.replaceAll("[\\s>]+", " ")).isEqualTo(page.replaceAll("[\\s>]+", " "));
    assertThat(wrapped.lines())
        .contains("# " + words, "| " + words + " |", words, "short", "lines", link + ".")
        .contains(
            "- " + "word ".repeat(23).strip(), "  word word word word word word word and more")
        .contains("  1. " + "word ".repeat(23).strip(), "     " + "word ".repeat(7) + "`a b c`")
        .contains("> " + "word ".repeat(23).strip(), "> " + "word ".repeat(7).strip());
  }

  @Test
  void lineDoesNotBeginWithWhatWouldBeMarkup() {
    String page = "x".repeat(115) + " word - then 1. and # more";

    assertThat(Prose.wrap(page).lines()).noneMatch(line -> line.matches("(-|1\\.|#) .*"));
  }
}
