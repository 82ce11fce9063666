package io.netnswatch.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.detection.signature.Signature;
import io.netnswatch.detection.signature.Signatures;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of incident has its page, and every page all that one needs at 3 a.m. */
class RunbooksTest {

  private static final List<String> SECTIONS =
      List.of(
          "Meaning",
          "Impact",
          "Diagnosis",
          "Mitigation",
          "Recovery proof",
          "False positives",
          "Background");

  private static final String LIST = "runbooks/README.md";
  private static final String HEADER = "| kind | severity | page |\n|---|---|---|\n";

  static Stream<Signature> signatures() {
    return Signatures.shipped().stream();
  }

  @ParameterizedTest
  @MethodSource("signatures")
  void hasAllSectionsInOrder(Signature signature) {
    Page page = Page.read("runbooks/" + signature.runbook());

    assertThat(page.headings().get(0)).isEqualTo(new Page.Title(1, signature.id()));
    assertThat(page.headings().stream().filter(it -> it.level() == 2).map(Page.Title::text))
        .containsExactlyElementsOf(SECTIONS);
  }

  /** Diagnosis and proof are commands to copy, and sources are named. */
  @ParameterizedTest
  @MethodSource("signatures")
  void hasCommandsWhereTheyAreNeeded(Signature signature) {
    String text = Repository.text("runbooks/" + signature.runbook());

    for (String section : List.of("Diagnosis", "Recovery proof")) {
      assertThat(section(text, section)).as(section).containsPattern("(?m)^```(sh|console)$");
    }
    assertThat(section(text, "Background")).contains("\nSources: ");
  }

  /** {@code -Dnetnswatch.rewrite=true} writes it. */
  @Test
  void theListIsMadeFromTheSignatures() throws IOException {
    String rows =
        signatures().map(RunbooksTest::row).collect(Collectors.joining("\n", HEADER, "\n"));
    String before = Repository.text(LIST);
    String page = before.substring(0, before.indexOf(HEADER)) + rows;
    if (Boolean.getBoolean("netnswatch.rewrite")) {
      Files.writeString(Repository.path(LIST), page);
    }

    assertThat(Repository.path(LIST))
        .as("%s; -Dnetnswatch.rewrite=true writes it", LIST)
        .hasContent(page);
  }

  private static String row(Signature it) {
    return "| `%s` | %s | [%s](%s) |".formatted(it.id(), it.severity(), it.runbook(), it.runbook());
  }

  @Test
  void thereAreNoPagesOfOtherKinds() throws Exception {
    try (var files = Files.list(Repository.path("runbooks"))) {
      assertThat(files.map(it -> it.getFileName().toString()).filter(it -> !it.equals("README.md")))
          .containsExactlyInAnyOrderElementsOf(signatures().map(Signature::runbook).toList());
    }
  }

  private static String section(String text, String name) {
    String from = text.substring(text.indexOf("\n## " + name + "\n") + 4);
    int next = from.indexOf("\n## ");
    return next < 0 ? from : from.substring(0, next);
  }
}
