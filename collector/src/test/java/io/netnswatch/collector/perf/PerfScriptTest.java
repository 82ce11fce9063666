package io.netnswatch.collector.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.netnswatch.schema.SymbolSamples;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PerfScriptTest {

  @Test
  void readsARecordedSlice() throws IOException {
    PerfProfile profile = parse(Files.readString(Path.of("src/test/resources/perf/livelock.txt")));

    assertThat(profile.sampleCount()).isEqualTo(7);
    assertThat(profile.idleCount()).isEqualTo(1);
    assertThat(profile.cpus()).isEqualTo(2);
    assertThat(profile.event()).isEqualTo("cpu-clock");
    assertThat(profile.callPathsRecorded()).isTrue();
    assertThat(profile.symbols())
        .extracting(SymbolSamples::getSymbol, SymbolSamples::getComm, SymbolSamples::getSamples)
        .containsExactly(
            tuple("[unknown]", "sleep", 3L),
            tuple("inet_evict_bucket", "kworker/u4:0", 2L),
            tuple("_raw_spin_lock", "kworker/u4:0", 1L));
    assertThat(profile.symbols().get(1).getCallPaths())
        .hasSize(2)
        .allSatisfy(
            path -> assertThat(path.getFrames()).contains("cleanup_net").endsWith("ret_from_fork"));
  }

  @Test
  void nameMayHoldBlanksAndEventAModifier() throws IOException {
    PerfProfile profile =
        parse(
            "Web Content 42/43 [003] 5930.777268:   10101010 cpu-clock:k: \n\tffff main+0x1 (/bin/x y)\n\n");

    assertThat(profile.event()).isEqualTo("cpu-clock:k");
    SymbolSamples symbol = profile.symbols().get(0);
    assertThat(symbol.getComm()).isEqualTo("Web Content");
    assertThat(symbol.getPid()).isEqualTo(42);
    assertThat(symbol.getModule()).isEqualTo("/bin/x y");
  }

  @Test
  void withoutCallGraphTheSymbolStandsInTheHeader() throws IOException {
    PerfProfile profile =
        parse(
            "kworker/0:1  7 [000] 1.5: 10101010 cpu-clock:  ffffffff81325d31 inet_evict_bucket+0xc1 ([kernel.kallsyms])\n");

    assertThat(profile.callPathsRecorded()).isFalse();
    assertThat(profile.symbols().get(0).getSymbol()).isEqualTo("inet_evict_bucket");
    assertThat(profile.symbols().get(0).getCallPaths()).isEmpty();
  }

  @Test
  void cutOffOutputCountsWithWhatItHas() throws IOException {
    PerfProfile profile =
        parse(
            "ip 9 [000] 1.5: 10 cpu-clock: \n\tffff copy_net_ns+0x1 ([kernel.kallsyms])\n\tffff create_new");

    assertThat(profile.sampleCount()).isEqualTo(1);
    assertThat(profile.symbols().get(0).getSymbol()).isEqualTo("copy_net_ns");
  }

  @Test
  void kernelThreadsAreKeptBesideTheHottest() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int pid = 1000; pid < 1100; pid++) {
      text.append(sample("busy", pid, "spin", "main")).append(sample("busy", pid, "spin", "main"));
    }
    text.append(sample("kworker/u4:0", 5, "inet_evict_bucket", "ret_from_fork"));

    PerfProfile profile = parse(text.toString());

    assertThat(profile.symbols()).hasSize(41);
    assertThat(profile.symbolsOmitted()).isEqualTo(60);
    assertThat(profile.symbols()).extracting(SymbolSamples::getComm).contains("kworker/u4:0");
  }

  @Test
  void garbageIsNoSample() throws IOException {
    assertThat(parse("\0\0\n\tno header\nnot perf at all\n\n").sampleCount()).isZero();
  }

  private static String sample(String comm, int pid, String leaf, String root) {
    return comm
        + " "
        + pid
        + " [000] 1.5: 10 cpu-clock: \n\tffff "
        + leaf
        + "+0x1 (k)\n\tffff "
        + root
        + "+0x1 (k)\n\n";
  }

  private static PerfProfile parse(String text) throws IOException {
    return PerfScript.parse(new BufferedReader(new StringReader(text)));
  }
}
