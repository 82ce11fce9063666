package io.netnswatch.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link Durations}, {@link DataSize}, {@link HostPattern} and {@link Backoff}. */
class ValuesTest {

  @ParameterizedTest
  @CsvSource({
    "500ms,500ms",
    "1000ms,1s",
    "90s,90s",
    "60s,1m",
    "72h,3d",
    "25h,25h",
    "0s,0s",
    "30,30s"
  })
  void aDurationIsWrittenInItsGreatestUnit(String read, String written) {
    assertThat(Durations.format(Durations.parse(read))).isEqualTo(written);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.5h", "-1s", "", "s", "9999999999s", "5 s", "1w"})
  void whatIsNoDurationIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Durations.parse(text))
        .withMessageContaining("as in 500ms or 30s");
  }

  @ParameterizedTest
  @CsvSource({
    "64MiB,64MiB",
    "1024MiB,1GiB",
    "1536MiB,1536MiB",
    "1000B,1000B",
    "2048B,2KiB",
    "0b,0B",
    "64,64MiB"
  })
  void aSizeIsWrittenInItsGreatestUnit(String read, String written) {
    assertThat(DataSize.parse(read)).hasToString(written);
  }

  @ParameterizedTest
  @ValueSource(strings = {"64MB", "-1MiB", "", "9999999999GiB"})
  void whatIsNoSizeIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> DataSize.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "compute-0*, compute-01, true",
    "compute-0*, Compute-0, true",
    "compute-?, compute-01, false",
    "*.example.org, a.b.example.org, true",
    "*a*b, xaxb, true",
    "*a*b, xaxbc, false",
    "*, x, true",
    "compute.1, compute-1, false"
  })
  void starsAndQuestionMarksStandForCharacters(String pattern, String host, boolean matches) {
    assertThat(new HostPattern(pattern).matches(host)).isEqualTo(matches);
  }

  @Test
  void aPatternOfManyStarsTakesNoTime() {
    // Given: some 10^80 ways for a backtracking expression
    HostPattern pattern = new HostPattern("*a".repeat(120) + "b");

    // When, Then
    assertThat(pattern.matches("a".repeat(255))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "[", "a/b", "{a,b}"})
  void whatMatchesNoHostIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> new HostPattern(text));
  }

  @Test
  void waitsDoubleUpToTheLongestAndAtLeastHalfIsSure() {
    // Given
    Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(10));

    // When, Then
    assertThat(backoff.after(1, 1)).isEqualTo(Duration.ofSeconds(1));
    assertThat(backoff.after(3, 0)).isEqualTo(Duration.ofSeconds(2));
    assertThat(backoff.after(Integer.MAX_VALUE, 1)).isEqualTo(Duration.ofSeconds(10));
  }
}
