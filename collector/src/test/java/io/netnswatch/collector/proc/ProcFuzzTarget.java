package io.netnswatch.collector.proc;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** Snapshots of a /proc that says anything, for the fuzzer. */
public final class ProcFuzzTarget {

  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  private static final List<String> FILES =
      List.of("uptime", "slabinfo", "modules", "version", "net/sockstat", "net/sockstat6");

  private static final List<String> OF_TASK = List.of("stat", "stack", "wchan", "cmdline");

  private ProcFuzzTarget() {}

  /** Two snapshots of one host: the second one remembers the first. */
  public static void snapshots(FuzzedDataProvider input) throws IOException {
    ProcTree proc = new ProcTree();
    proc.with("stat", input.consumeBoolean() ? "cpu0 1\nbtime 1795362604\n" : text(input));
    FILES.forEach(file -> proc.with(file, text(input)));
    String state = input.pickValue(new String[] {"R", "S", "D", "I", "Z"});
    proc.with(
        "7/stat",
        "7 (%s) %s 2 0 0 0 -1 %d 0 0 0 0 %d 0 0 0 20 0 %d 0 %d 0"
            .formatted(
                input.consumeBoolean() ? "ip" : text(input),
                state,
                input.consumeLong(),
                input.consumeLong(),
                input.consumeInt(),
                input.consumeLong()));
    OF_TASK.forEach(file -> proc.with("8/" + file, text(input)));
    OF_TASK.stream().skip(1).forEach(file -> proc.with("7/" + file, text(input)));
    ProcSampler sampler = new ProcSampler(null);
    try {
      sampler.sample(proc, NOW);
      sampler.sample(proc, NOW.plusSeconds(input.consumeInt()));
    } catch (ProcParseException e) {
      requireWords(e);
    }
  }

  /** Mounts of a host. */
  public static void mounts(String mountinfo) {
    NamedNamespaces.parse(mountinfo, "/run/netns");
    NamedNamespaces.mounted(mountinfo);
  }

  private static String text(FuzzedDataProvider input) {
    return input.consumeString(200);
  }

  private static void requireWords(Exception e) {
    if (e.getMessage() == null) {
      throw new IllegalStateException("an error without words", e);
    }
  }
}
