package io.netnswatch.collector.perf;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.schema.SymbolSamples;
import java.io.IOException;
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
    KernelProfiler profiler = new KernelProfiler(proc);
    profiler.begin();

    sample(
        profiler, 7, PerfStream.KERNEL_MARK, PerfStream.IN_CLEANUP_NET, PerfStream.USER_MARK, 4711);

    assertThat(profiler.end().symbols())
        .singleElement()
        .extracting(SymbolSamples::getSymbol, SymbolSamples::getComm, SymbolSamples::getModule)
        .containsExactly("cleanup_net", ":7", "[kernel.kallsyms]");
  }

  @Test
  void idleAndLostAreCountedAndAreNoSymbols() throws IOException {
    KernelProfiler profiler = new KernelProfiler(proc);
    profiler.begin();

    sample(profiler, 0, PerfStream.IN_CLEANUP_NET);
    profiler.lost(3);
    profiler.lost(4);
    PerfProfile profile = profiler.end();

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
    KernelProfiler profiler = new KernelProfiler(proc);
    profiler.begin();
    Files.writeString(proc.resolve("kallsyms"), "ffffffffc0003000 t fresh\t[fresh]\n");
    profiler.begin();
    sample(profiler, 7, PerfStream.IN_CLEANUP_NET);
    assertThat(profiler.end().symbols().get(0).getSymbol()).isEqualTo("cleanup_net");

    // When
    Files.writeString(proc.resolve("modules"), "veth 1 0\nfresh 1 0\n");
    profiler.begin();

    // Then
    sample(profiler, 7, 0xffffffffc0003001L);
    assertThat(profiler.end().symbols().get(0).getSymbol()).isEqualTo("fresh");
  }
}
