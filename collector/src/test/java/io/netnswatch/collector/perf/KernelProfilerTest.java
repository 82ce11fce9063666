package io.netnswatch.collector.perf;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.schema.SymbolSamples;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelProfilerTest {

  @TempDir private Path proc;

  @BeforeEach
  void symbols() throws IOException {
    Files.writeString(proc.resolve("kallsyms"), PerfStream.KALLSYMS);
  }

  private static void sample(KernelProfiler profiler, int pid, long... ips) {
    profiler.sample(pid, ips, ips.length);
  }

  @Test
  void functionsOfModulesAreFoundWhereverTheyStand() throws IOException {
    KernelSymbols symbols = KernelSymbols.read(proc.resolve("kallsyms"));

    assertThat(symbols.size()).isEqualTo(6);
    assertThat(symbols.at(0xffffffff81000100L))
        .isEqualTo(new KernelSymbols.Function("inet_evict_bucket", "[kernel.kallsyms]"));
    assertThat(symbols.at(0xffffffff810002ffL).name()).isEqualTo("cleanup_net");
    assertThat(symbols.at(0xffffffffc0001fffL))
        .isEqualTo(new KernelSymbols.Function("early_in_module", "[nf_defrag_ipv6]"));
    assertThat(symbols.at(0xffffffffc0002000L).module()).isEqualTo("[nf_conntrack]");
    assertThat(symbols.at(0xffffffff80000000L)).isEqualTo(KernelSymbols.UNKNOWN);
    assertThat(symbols.at(0xfffffffff0000000L)).isEqualTo(KernelSymbols.UNKNOWN);
    assertThat(symbols.at(0)).isEqualTo(KernelSymbols.UNKNOWN);
  }

  @Test
  void marksAndUserCodeAreNoFrames() throws IOException {
    KernelProfiler profiler = new KernelProfiler(proc, false);
    profiler.begin();

    sample(
        profiler, 7, PerfStream.KERNEL_MARK, PerfStream.IN_CLEANUP_NET, PerfStream.USER_MARK, 4711);

    assertThat(profiler.end().profile().symbols())
        .singleElement()
        .extracting(SymbolSamples::getSymbol, SymbolSamples::getComm, SymbolSamples::getModule)
        .containsExactly("cleanup_net", ":7", "[kernel.kallsyms]");
  }

  @Test
  void idleAndLostAreCountedAndAreNoSymbols() throws IOException {
    KernelProfiler profiler = new KernelProfiler(proc, false);
    profiler.begin();

    sample(profiler, 0, PerfStream.IN_CLEANUP_NET);
    profiler.lost(3);
    profiler.lost(4);
    PerfProfile profile = profiler.end().profile();

    assertThat(profile.sampleCount()).isEqualTo(1);
    assertThat(profile.idleCount()).isEqualTo(1);
    assertThat(profile.lostCount()).isEqualTo(7);
    assertThat(profile.symbols()).isEmpty();
    assertThat(profile.event()).isEqualTo("cpu-clock:k");
  }

  @Test
  void symbolsAreReadAgainWhenModulesChange() throws IOException {
    // Given
    Files.writeString(proc.resolve("modules"), "veth 1 0\n");
    KernelProfiler profiler = new KernelProfiler(proc, false);
    profiler.begin();
    Files.writeString(proc.resolve("kallsyms"), "ffffffffc0003000 t fresh\t[fresh]\n");
    profiler.begin();
    sample(profiler, 7, PerfStream.IN_CLEANUP_NET);
    assertThat(profiler.end().profile().symbols().get(0).getSymbol()).isEqualTo("cleanup_net");

    // When
    Files.writeString(proc.resolve("modules"), "veth 1 0\nfresh 1 0\n");
    profiler.begin();

    // Then
    sample(profiler, 7, 0xffffffffc0003001L);
    assertThat(profiler.end().profile().symbols().get(0).getSymbol()).isEqualTo("fresh");
  }

  @Test
  void samplesKeptAsTextComeToTheSame() throws IOException {
    Files.createDirectory(proc.resolve("7"));
    Files.writeString(proc.resolve("7/comm"), "kworker/u4:0\n");
    KernelProfiler profiler = new KernelProfiler(proc, true);
    profiler.begin();
    sample(profiler, 0, PerfStream.IN_CLEANUP_NET);
    for (int i = 0; i < 3; i++) {
      sample(profiler, 7, 0xffffffff81000100L, PerfStream.IN_CLEANUP_NET);
    }
    sample(profiler, 8, 0xffffffffc0002000L);
    sample(profiler, 8);
    profiler.lost(5);

    KernelProfiler.Result result = profiler.end();

    assertThat(result.script()).doesNotContain("ffffffff");
    assertThat(PerfScript.parse(new BufferedReader(new StringReader(result.script()))))
        .usingRecursiveComparison()
        .isEqualTo(result.profile());
  }
}
