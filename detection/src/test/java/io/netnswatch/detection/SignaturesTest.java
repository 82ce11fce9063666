package io.netnswatch.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netnswatch.schema.KernelVerdict;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignaturesTest {

  private static final String LIVELOCK = "netns-cleanup-livelock";

  @Test
  void shippedSignaturesLoad() {
    assertThat(Signatures.shipped()).extracting(Signature::id).containsExactly(LIVELOCK);
  }

  @Test
  void unknownKeyIsAnErrorThatNamesIt() throws IOException {
    String yaml = text() + "\nseverty: CRITICAL\n";

    assertThatThrownBy(() -> Signatures.parse("mine.yaml", yaml))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("mine.yaml")
        .hasMessageContaining("severty");
  }

  @Test
  void missingKeyIsAnErrorThatNamesIt() throws IOException {
    String yaml = text().replaceAll("(?m)^cure:.*$", "");

    assertThatThrownBy(() -> Signatures.parse("mine.yaml", yaml))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cure");
  }

  @Test
  void badRangeIsAnError() throws IOException {
    String yaml = text().replace("cpus: 0.5", "cpus: -1");

    assertThatThrownBy(() -> Signatures.parse("mine.yaml", yaml))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("hot.cpus must be above 0");
  }

  @ParameterizedTest
  @CsvSource({
    "4.15.1-netns, AFFECTED",
    "4.16.13-1.el7.elrepo.x86_64, AFFECTED",
    "4.11.0, AFFECTED",
    "4.17.0, NOT_AFFECTED",
    "4.19.10-1.el7.elrepo.x86_64, NOT_AFFECTED",
    "6.18.44, NOT_AFFECTED",
    "3.10.0-957.el7.x86_64, NOT_AFFECTED",
    "4.15.0-20-generic, UNKNOWN",
    "4.12.14-122.37-default, UNKNOWN",
    "4.14.71, UNKNOWN",
    "4.14.70, AFFECTED",
    "4.10.17, UNKNOWN",
    "4.9.227, NOT_AFFECTED",
    "banana, UNKNOWN",
  })
  void judgesKernels(String release, KernelVerdict verdict) {
    Signature signature = Signatures.shipped().get(0);

    assertThat(signature.judge(new Kernel(release, null)).verdict()).isEqualTo(verdict);
  }

  private static String text() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            Signatures.class.getResourceAsStream("signatures/" + LIVELOCK + ".yaml"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
