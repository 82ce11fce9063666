package io.netnswatch.collector.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KubeletTextTest {

  private static final String LATE =
      "E0307 10:12:33 1 kuberuntime_manager.go:815] \"CreatePodSandbox for pod failed\" err=\"rpc"
          + " error: code = DeadlineExceeded desc = context deadline exceeded\" pod=\"a/b\"\n";

  @Test
  void sandboxesThatAreLateAreCounted() {
    Found found = Found.in(LATE + "I0307 nothing\n" + LATE + LATE);

    assertThat(found.used).containsExactly(Format.KUBELET);
    assertThat(found.suspicions).hasSize(1);
    assertThat(found.suspicions.get(0)).startsWith("3 lines of kubelet or its runtime say");
  }

  @Test
  void oneAloneMayBeOfABusyMoment() {
    assertThat(Found.in(LATE).suspicions).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "E0307 RunPodSandbox from runtime service failed: no such image\n",
        "E0307 \"Failed to create pod sandbox\" err=\"failed to allocate for range 0: no IP\"\n",
        "E0307 ContainerStatus failed: context deadline exceeded\n"
      })
  void otherFailuresAreNotOfTime(String line) {
    Found found = Found.in(line + line);

    assertThat(found.suspicions).isEmpty();
    assertThat(found.used).doesNotContain(Format.KUBELET);
  }
}
