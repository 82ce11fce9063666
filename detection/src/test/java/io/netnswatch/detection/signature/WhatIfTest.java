package io.netnswatch.detection.signature;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WhatIfTest {

  private static final List<Signature> SHIPPED = Signatures.shipped();

  private static Signature of(List<Signature> signatures, String id) {
    return signatures.stream().filter(it -> it.id().equals(id)).findFirst().orElseThrow();
  }

  @Test
  void oneNumberIsChangedAndTheVersionSaysSo() {
    List<Signature> changed = WhatIf.with(SHIPPED, "netns-cleanup-livelock.hot.cpus=0.3");

    Signature before = of(SHIPPED, "netns-cleanup-livelock");
    Signature after = of(changed, "netns-cleanup-livelock");
    assertThat(requireNonNull(after.hot()).cpus()).isEqualTo(0.3);
    assertThat(after.version()).isEqualTo(before.version() + "+hot.cpus=0.3");
    assertThat(after)
        .usingRecursiveComparison()
        .withEqualsForType((a, b) -> a.pattern().equals(b.pattern()), Pattern.class)
        .ignoringFields("version", "hot.cpus")
        .isEqualTo(before);
    assertThat(changed).hasSameSizeAs(SHIPPED);
    assertThat(of(changed, "netns-creation-blocked"))
        .isEqualTo(of(SHIPPED, "netns-creation-blocked"));
  }

  @Test
  void everyShippedSignatureCanBeChanged() {
    for (Signature signature : SHIPPED) {
      assertThat(of(WhatIf.with(SHIPPED, signature.id() + ".open_after_ms=7"), signature.id()))
          .extracting(Signature::openAfterMs)
          .isEqualTo(7L);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "netns-cleanup-livelock, expected SIGNATURE.KEY=NUMBER",
    "netns-cleanup-livelock.hot.cpus=many, expected SIGNATURE.KEY=NUMBER",
    "livelock.hot.cpus=1, no signature livelock; there are",
    "netns-cleanup-livelock.hot.cpu=1, has no number hot.cpu",
    "netns-cleanup-livelock.headline=1, has no number headline",
    "netns-cleanup-livelock.hot.cpus=0, hot.cpus must be above 0"
  })
  void whatCanNotBeSetIsSaid(String assignment, String words) {
    assertThatThrownBy(() -> WhatIf.with(SHIPPED, assignment))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(words);
  }
}
