package io.netnswatch.detection.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class FunctionSetTest {

  @Test
  void aNameIsFoundWhateverCompilersAppended() {
    FunctionSet names = new FunctionSet(Set.of("cleanup_net", "copy_net_ns"));

    assertThat(names.hasNameOf("cleanup_net")).isTrue();
    assertThat(names.hasNameOf("copy_net_ns.isra.0")).isTrue();
    assertThat(names.hasNameOf("cleanup_net+0x2f/0x110")).isTrue();
    assertThat(names.hasNameOf("cleanup_netns")).isFalse();
    assertThat(names.hasNameOf("copy_process")).isFalse();
    assertThat(names.hasNameOf("cl")).isFalse();
    assertThat(names.hasNameOf("")).isFalse();
  }

  @Test
  void aNameMayBeShorterThanWhatIsLookedAtFirst() {
    FunctionSet names = new FunctionSet(Set.of("ip", "cleanup_net"));

    assertThat(names.hasNameOf("ip")).isTrue();
    assertThat(names.hasNameOf("ip.part.3")).isTrue();
    assertThat(names.hasNameOf("cleanup_net")).isTrue();
    assertThat(names.hasNameOf("ip_rcv")).isFalse();
  }
}
