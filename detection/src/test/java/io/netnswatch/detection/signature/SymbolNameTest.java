package io.netnswatch.detection.signature;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SymbolNameTest {

  @ParameterizedTest
  @CsvSource({
    "inet_evict_bucket.isra.8, inet_evict_bucket",
    "ops_exit_list.isra.6.part.3+0x2f/0x110, ops_exit_list",
    "cleanup_net.cfi, cleanup_net",
    "cleanup_net.cfi_jt, cleanup_net",
    "tcp_sk_exit.__uniq.98273.llvm.123, tcp_sk_exit",
    "wg_destruct.localalias, wg_destruct",
    "copy_net_ns, copy_net_ns",
    "rcu.gp_thing, rcu.gp_thing"
  })
  void isTheNameInTheSource(String symbol, String name) {
    assertThat(SymbolName.withoutCompilerSuffix(symbol)).isEqualTo(name);
  }
}
