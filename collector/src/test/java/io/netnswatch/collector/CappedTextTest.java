package io.netnswatch.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CappedTextTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  @Test
  void keepsTheBeginningAndReadsToTheEnd() throws Exception {
    // Given
    ByteArrayInputStream output = utf8("  words of a child " + "x".repeat(100_000));

    // When
    String kept = CappedText.of(output, 16).await(LIMIT);

    // Then
    assertThat(kept).isEqualTo("words of a chi");
    assertThat(output.available()).isZero();
  }

  @Test
  void doesNotBreakCharactersOfSeveralBytes() throws Exception {
    // Given: each takes three bytes, so that some lie across the end of any buffer
    String quotes = "‘’".repeat(20_000);

    // When
    String kept = CappedText.of(utf8(quotes), 30_000).await(LIMIT);

    // Then
    assertThat(kept).isEqualTo(quotes.substring(0, 30_000));
  }

  @Test
  void anOutputThatSomebodyHoldsOpenIsNotWaitedForLongerThanTheLimit() throws Exception {
    // Given
    Process holder = new ProcessBuilder("/bin/sh", "-c", "echo begun; exec sleep 60").start();
    try (InputStream output = holder.getInputStream()) {
      CappedText text = CappedText.of(output, 100);

      // When
      String kept = text.await(Duration.ofMillis(500));

      // Then
      assertThat(kept).isEqualTo("begun");
    } finally {
      holder.destroyForcibly().waitFor();
    }
  }

  private static ByteArrayInputStream utf8(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }
}
