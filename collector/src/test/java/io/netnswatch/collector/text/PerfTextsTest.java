package io.netnswatch.collector.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.schema.CallPath;
import io.netnswatch.schema.SymbolSamples;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** perf script in all its forms, perf report, perf top, folded stacks. */
class PerfTextsTest {

  private static final String FRAMES =
      """
      \tffffffff8151dd20 inet_evict_bucket+0x0 ([kernel.kallsyms])
      \tffffffff8151e0c1 inet_frags_exit_net+0x51 ([kernel.kallsyms])
      \tffffffff8145f6d6 cleanup_net+0x1d6 ([kernel.kallsyms])

      """;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kworker/u4:3   137 [001]   611.483192:   10101010 cpu-clock: ",
        "kworker/u4:3   137   611.483192:   10101010 cpu-clock: ",
        "kworker/u4:3   137/137   [001]   611.483192:   10101010 cpu-clock:ppp: ",
        "kworker/u4:3   137   611.483192: cpu-clock:k:",
        "kworker/u4:3   137   611.483192:",
        "kworker/u4:3   137   611.483192123:     250000 cycles:P: ",
        "kworker/u4:3   137 [001] d..1.   611.483192:      10101010 cpu-clock:",
        "kworker/u4:3   137 [001] cpu-clock:",
        "kworker/u4:3   137 "
      })
  void headOfASampleInAllForms(String head) {
    Found found = Found.in((head + "\n" + FRAMES).repeat(3));

    assertThat(found.profiles)
        .singleElement()
        .satisfies(
            profile -> {
              assertThat(profile.sampleCount()).isEqualTo(3);
              SymbolSamples symbol = profile.symbols().get(0);
              assertThat(symbol.getComm()).isEqualTo("kworker/u4:3");
              assertThat(symbol.getPid()).isEqualTo(137);
              assertThat(symbol.getCallPaths())
                  .containsExactly(
                      new CallPath(
                          List.of("inet_evict_bucket", "inet_frags_exit_net", "cleanup_net"), 3L));
            });
  }

  @Test
  void framesWithoutAddressesOrIndentationAreFrames() {
    Found bySymbol =
        Found.in(
            """
            kworker/u4:3 137 611.483192: cpu-clock:
            \t    inet_evict_bucket
            \t    cleanup_net
            """);
    Found unindented =
        Found.in(
            """
            kworker/u4:3 137 611.483192: cpu-clock:
            ffffffff8151dd20 inet_evict_bucket ([kernel.kallsyms])
            """);

    assertThat(bySymbol.profiles.get(0).symbols().get(0).getSymbol())
        .isEqualTo("inet_evict_bucket");
    assertThat(unindented.profiles.get(0).symbols().get(0).getSymbol())
        .isEqualTo("inet_evict_bucket");
  }

  @Test
  void frequencyIsThatOfThePeriod() {
    Found found =
        Found.in(
            "kworker/u4:3 137 [001] 611.000000: 10101010 cpu-clock:\n"
                + FRAMES
                + "kworker/u4:3 137 [001] 621.000000: 10101010 cpu-clock:\n"
                + FRAMES);

    assertThat(Math.round(requireHz(found))).isEqualTo(99);
    assertThat(found.measures.get(0).seconds()).isEqualTo(10.0);
  }

  private static double requireHz(Found found) {
    Double hz = found.measures.get(0).frequencyHz();
    assertThat(hz).isNotNull();
    return hz == null ? 0 : hz;
  }

  @Test
  void reportWithoutGraphPutsOnEveryPathWhatAllTimeIsSpentBelow() {
    Found found =
        Found.in(
            """
            # Samples: 1K of event 'cpu-clock'
            # Children      Self  Command       Shared Object         Symbol
                50.00%     0.00%  kworker/u4:3  [kernel.kallsyms]     [k] cleanup_net                -      -
                50.00%     0.00%  kworker/u4:3  [kernel.kallsyms]     [k] ops_exit_list              -      -
                45.00%    12.00%  kworker/u4:3  [kernel.kallsyms]     [k] inet_frags_exit_net        -      -
                22.00%    22.00%  kworker/u4:3  [kernel.kallsyms]     [k] _raw_spin_lock             -      -
                49.50%    49.50%  swapper       [kernel.kallsyms]     [k] native_safe_halt           -      -
            """);

    assertThat(found.profiles.get(0).symbols())
        .filteredOn(symbol -> symbol.getSymbol().equals("_raw_spin_lock"))
        .singleElement()
        .satisfies(
            symbol ->
                assertThat(symbol.getCallPaths().get(0).getFrames())
                    .containsExactly(
                        "_raw_spin_lock", "inet_frags_exit_net", "ops_exit_list", "cleanup_net"));
    assertThat(found.profiles.get(0).idleCount()).isEqualTo(495);
  }

  /** A list that was cut shows 34 % of the 50 % below the cleanup, and all samples are 1,000. */
  @Test
  void whatACutReportDoesNotShowIsCounted() {
    Found found =
        Found.in(
            """
            # Samples: 1K of event 'cpu-clock'
            # Children      Self  Command       Shared Object         Symbol
                50.00%     0.00%  kworker/u4:3  [kernel.kallsyms]     [k] cleanup_net
                45.00%    12.00%  kworker/u4:3  [kernel.kallsyms]     [k] inet_frags_exit_net
                22.00%    22.00%  kworker/u4:3  [kernel.kallsyms]     [k] _raw_spin_lock
            """);

    assertThat(found.profiles.get(0).sampleCount()).isEqualTo(1000);
    assertThat(found.profiles.get(0).symbols().stream().mapToLong(it -> it.getSamples()).sum())
        .isEqualTo(500);
  }

  /** {@code -F comm,ip,sym} and {@code -F ip,sym}: heads without a pid, and no heads at all. */
  @ParameterizedTest
  @ValueSource(strings = {"kworker/u8:1 \n", ""})
  void scriptWhoseHeadsSayLittle(String head) {
    String sample =
        head
            + """
            \tffffffff8151e0c1 inet_frags_exit_net
            \tffffffff8145f6d6 cleanup_net
            \tffffffff81079ba7 kthread

            """;
    Found found = Found.in(sample.repeat(3));

    assertThat(found.profiles).hasSize(1);
    assertThat(found.profiles.get(0).sampleCount()).isEqualTo(3);
    assertThat(found.profiles.get(0).symbols())
        .singleElement()
        .satisfies(symbol -> assertThat(symbol.getComm()).startsWith("kworker"));
  }

  @Test
  void reportWithCallersOrCalleesFirst() {
    String callees =
        """
        # Samples: 100 of event 'cpu-clock'
            12.00%  kworker/u8:1  [kernel.kallsyms]  [k] _raw_spin_lock
                    |
                    ---_raw_spin_lock
                       inet_frags_exit_net
                       cleanup_net
                       kthread
        """;
    String callers =
        """
        # Samples: 100 of event 'cpu-clock'
            12.00%  kworker/u8:1  [kernel.kallsyms]  [k] _raw_spin_lock
                    |
                    ---kthread
                       cleanup_net
                       inet_frags_exit_net
                       |
                        --12.00%--_raw_spin_lock
        """;

    assertThat(path(callees)).isEqualTo(path(callers));
    assertThat(path(callees))
        .containsExactly("_raw_spin_lock", "inet_frags_exit_net", "cleanup_net", "kthread");
  }

  private static List<String> path(String report) {
    return Found.in(report).profiles.get(0).symbols().get(0).getCallPaths().get(0).getFrames();
  }

  @Test
  void perfTopNamesNoTaskAndTheCleanupsCodeIsItsWorkers() {
    Found found =
        Found.in(
            """
               PerfTop:    3988 irqs/sec  kernel:99.1%  exact:  0.0% [4000Hz cpu-clock],  (all, 2 CPUs)
            -------------------------------------------------------------------------------
                21.93%  [kernel]            [k] inet_evict_bucket
                19.22%  [kernel]            [k] _raw_spin_lock
                 0.21%  libc-2.17.so        [.] __memcpy_ssse3_back
            """);

    assertThat(found.used).contains(Format.PERF_TOP);
    assertThat(found.profiles.get(0).symbols())
        .extracting(SymbolSamples::getComm)
        .containsExactly("kworker", "kworker", "?");
    assertThat(found.measures.get(0).cpus()).isEqualTo(2);
  }

  @Test
  void foldedStacks() {
    Found found =
        Found.in(
            """
            kworker/u64:1;ret_from_fork;kthread;cleanup_net;inet_evict_bucket_[k] 402
            swapper;cpu_startup_entry;do_idle;native_safe_halt 1003
            """);

    assertThat(found.profiles.get(0).idleCount()).isEqualTo(1003);
    assertThat(found.profiles.get(0).symbols().get(0).getCallPaths().get(0).getFrames())
        .containsExactly("inet_evict_bucket", "cleanup_net", "kthread", "ret_from_fork");
  }
}
