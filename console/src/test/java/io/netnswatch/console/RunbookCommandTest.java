package io.netnswatch.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.command.Commands;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.detection.signature.Signatures;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunbookCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void withoutKindListsAll() {
    assertThat(run()).isZero();

    assertThat(out.toString())
        .hasLineCount(1 + Signatures.shipped().size())
        .contains("netns-fragment-imbalance           WARNING  unbalanced fragment counter");
  }

  @Test
  void everyKindHasAPageThatFitsATerminal() {
    for (Signature signature : Signatures.shipped()) {
      out.getBuffer().setLength(0);

      assertThat(run(signature.id())).isZero();

      assertThat(out.toString()).startsWith(signature.id() + "\n====").contains("\nDIAGNOSIS\n");
      assertThat(out.toString().lines())
          .filteredOn(line -> !line.startsWith("    ") && line.strip().contains(" "))
          .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    }
  }

  @Test
  void markdownIsThePageItself() {
    assertThat(run("--markdown", "netns-cleanup-livelock")).isZero();

    assertThat(out.toString())
        .isEqualTo(PageAssets.text("/io/netnswatch/runbooks/netns-cleanup-livelock.md"));
  }

  @ParameterizedTest
  @CsvSource({
    "netns-cleanup-livelok, netns-cleanup-livelock",
    "conntrack, netns-cleanup-conntrack-livelock",
    "livelock, netns-cleanup-livelock",
    "netns-creation-block, netns-creation-blocked"
  })
  void unknownKindIsWrongUsageAndSuggestsOne(String wrong, String meant) {
    assertThat(run(wrong)).isEqualTo(2);

    assertThat(err.toString())
        .startsWith(
            "netnswatch runbook: no incident is of kind "
                + wrong
                + "; did you mean "
                + meant
                + "?");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void textKeepsScreensAndWrapsTheRest() {
    String page =
        """
        # kind

        ## Meaning

        See [the page](other.md#there) and [the report](https://example.org/1), `ps -e`.

        ```
        # cat /proc/5/stack
        ```

        | looks alike | apart |
        |---|---|
        | this | that |

        1. First
        2. Second, which is so long that it does not fit a line of a terminal and goes on below, at its own indent.
        """;

    assertThat(RunbookText.of(page))
        .isEqualTo(
            """
            kind
            ====

            MEANING

            See the page and the report <https://example.org/1>, ps -e.

                # cat /proc/5/stack

            - looks alike; apart
            - this; that

            1. First
            2. Second, which is so long that it does not fit a line of a terminal and goes on below, at its own
               indent.
            """);
  }

  private int run(String... arguments) {
    return Commands.line(new RunbookCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
