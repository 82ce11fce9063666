package io.netnswatch.collector.perf;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.schema.CallPath;
import io.netnswatch.schema.SymbolSamples;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PerfScriptTest {

  private static PerfProfile parse(String text) throws IOException {
    return PerfScript.parse(new BufferedReader(new StringReader(text)));
  }

  private static String sample(String comm, int pid, String... frames) {
    StringBuilder text =
        new StringBuilder("%s %d [000] 1.5: 10101010 cpu-clock:k: \n".formatted(comm, pid));
    for (String frame : frames) {
      text.append("\tffffffff81000000 ").append(frame).append("+0x1 ([kernel.kallsyms])\n");
    }
    return text.append('\n').toString();
  }

  /** The recording's head, cut off inside its fourth sample. */
  @Test
  void recordedSamples() throws Exception {
    PerfProfile profile =
        parse(
            Files.readString(
                Path.of("src", "test", "resources", "recorded", "perf", "livelock-head.txt")));

    assertThat(profile.event()).isEqualTo("cpu-clock");
    assertThat(profile.sampleCount()).isEqualTo(4);
    assertThat(profile.idleCount()).isOne();
    assertThat(profile.callPathsRecorded()).isTrue();
    assertThat(profile.symbols())
        .extracting(SymbolSamples::getSymbol)
        .containsExactly("inet_evict_bucket", "[unknown]");
    SymbolSamples hot = profile.symbols().get(0);
    assertThat(hot.getComm()).isEqualTo("kworker/u4:0");
    assertThat(hot.getPid()).isEqualTo(5);
    assertThat(hot.getModule()).isEqualTo("[kernel.kallsyms]");
    assertThat(hot.getSamples()).isEqualTo(2);
    assertThat(hot.getCallPaths())
        .extracting(CallPath::getFrames)
        .contains(List.of("inet_evict_bucket", "nf_ct_net_exit", "ops_exit_list", "cleanup_net"));
  }

  @Test
  void nameMayHoldBlanksDigitsAndBrackets() throws Exception {
    assertThat(parse(sample("tmux: 3 [1] x", 42, "f", "g")).symbols())
        .singleElement()
        .satisfies(
            symbol -> {
              assertThat(symbol.getComm()).isEqualTo("tmux: 3 [1] x");
              assertThat(symbol.getPid()).isEqualTo(42);
            });
  }

  @Test
  void lossIsUnknownUnlessPerfSaysIt() throws Exception {
    String lost = "swapper 0 [000] 1.5: PERF_RECORD_LOST lost %d\n";

    assertThat(parse(sample("a", 1, "f")).lostCount()).isNull();
    assertThat(parse(lost.formatted(3) + sample("a", 1, "f") + lost.formatted(4)).lostCount())
        .isEqualTo(7);
  }

  @Test
  void orderOfTheSamplesIsOfNoConsequence() throws Exception {
    List<String> samples = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      samples.add(sample("a", 1, "f" + i));
      samples.add(sample("a", 1, "f" + i).replace("[kernel.kallsyms]", "[other]"));
    }
    PerfProfile inOrder = parse(String.join("", samples));
    Collections.shuffle(samples, new Random(4));

    assertThat(parse(String.join("", samples))).isEqualTo(inOrder);
    assertThat(inOrder.symbols()).hasSize(40);
    assertThat(inOrder.symbolsOmitted()).isEqualTo(80);
  }

  @Test
  void kernelThreadIsKnownByItsRootHoweverDeepThePathAndKeptBesideBusyPrograms() throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      text.append(sample("busy", 9, "user" + i, "main").repeat(2));
    }
    String[] deep = new String[40];
    for (int i = 0; i < deep.length; i++) {
      deep[i] = "frame" + i;
    }
    deep[39] = "ret_from_fork_asm";
    text.append(sample("kworker/0:1", 5, deep));

    PerfProfile profile = parse(text.toString());

    assertThat(profile.symbols()).hasSize(41);
    SymbolSamples thread = profile.symbols().get(40);
    assertThat(thread.getComm()).isEqualTo("kworker/0:1");
    assertThat(thread.getCallPaths().get(0).getFrames()).hasSize(32).startsWith("frame0");
  }

  @Test
  void eightCallPathsAtMost() throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      text.append(sample("a", 1, "f", "caller" + i).repeat(i + 1));
    }

    List<CallPath> paths = parse(text.toString()).symbols().get(0).getCallPaths();

    assertThat(paths).hasSize(8);
    assertThat(paths.get(0)).isEqualTo(new CallPath(List.of("f", "caller11"), 12L));
  }

  @Test
  void withoutCallGraphTheSymbolStandsInTheSameLine() throws Exception {
    PerfProfile profile =
        parse(
            "ip 7 [001] 1.5: 1 cpu-clock:  ffffffff81000000 copy_net_ns+0x1 ([kernel.kallsyms])\n");

    assertThat(profile.callPathsRecorded()).isFalse();
    assertThat(profile.symbols().get(0).getSymbol()).isEqualTo("copy_net_ns");
  }

  @Test
  void emptyTextHasNoSamples() throws Exception {
    PerfProfile profile = parse("");

    assertThat(profile.sampleCount()).isZero();
    assertThat(profile.event()).isNull();
  }

  @Test
  @Timeout(10)
  void hostileTextNeitherThrowsNorTakesLong() throws Exception {
    String digits = "9".repeat(5_000);

    PerfProfile profile =
        parse(
            ("a " + digits + " [0] 1.5: 1 x: \n")
                + ("a 1 [" + digits + "] 1.5: PERF_RECORD_LOST lost " + digits + "\n")
                + ("a" + " ".repeat(2_000_000) + "\n")
                + sample("a", 1, "f".repeat(100_000)));

    assertThat(profile.sampleCount()).isOne();
    assertThat(profile.symbols().get(0).getSymbol()).hasSize(256);
  }
}
