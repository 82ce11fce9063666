package io.netnswatch.detection.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(10)
class BoundedPatternTest {

  @ParameterizedTest
  @ValueSource(strings = {"(a+)+$", "(.*)*x$", "(\\w*\\s*)*!!", "([a-z0-9-]+)*$%"})
  void whatTakesForEverIsRefused(String pattern) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BoundedPattern.parse("kernels.release", pattern))
        .withMessageStartingWith("kernels.release takes too many steps")
        .withMessageEndingWith(pattern);
  }

  @ParameterizedTest
  @CsvSource({
    "^4\\.15\\.0-\\d+-generic$, 4.15.0-213-generic, true",
    "\\.el[78]\\., 3.10.0-1160.102.1.el7.x86_64, true",
    "-cloud-, 5.10.0-28-amd64, false"
  })
  void ordinaryOnesAreTaken(String pattern, String release, boolean found) {
    assertThat(BoundedPattern.parse("kernels.release", pattern).isIn(release)).isEqualTo(found);
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "[a-", "*"})
  void whatIsNoneIsNamed(String pattern) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BoundedPattern.parse("kernels.build", pattern))
        .withMessageContaining("kernels.build is no regular expression")
        .withMessageEndingWith(pattern);
  }

  @Test
  void aBuildThatNamesItsCompilersAtLengthIsRead() {
    // As /proc/version of an Amazon Linux and of a cloud's kernel: more than 256 characters.
    String version =
        "Linux version 4.15.0-1009-foo (mockbuild@builder) (gcc version 13.2.1 20231205 (Red Hat"
            + " 13.2.1-6) (GCC), GNU ld version 2.40-14.el9, with a long list of what it was"
            + " configured with and of the patches that its vendor has put on top of it, as some"
            + " builds have), GNU assembler version 2.40-14.el9) #42~18.04.1-Ubuntu SMP";

    assertThat(version).hasSizeGreaterThan(256);
    assertThat(BoundedPattern.parse("kernels.build", "#\\d+\\S*-Ubuntu").isIn(version)).isTrue();
  }

  @Test
  void aTextOfAnyLengthEnds() {
    BoundedPattern pattern = BoundedPattern.parse("kernels.build", "^a|b!");

    assertThat(pattern.isIn("a" + "b".repeat(100_000) + "!")).isTrue();
    assertThat(pattern.isIn("b".repeat(100_000) + "!")).isFalse();
  }
}
