package io.netnswatch.collector.perf;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;

/** The parsers of perf's output, for the fuzzer. */
public final class PerfFuzzTarget {

  private PerfFuzzTarget() {}

  /** A stream of {@code perf record}; malformed ones are an IOException. */
  public static void data(byte[] stream) {
    SampleCounts counts = new SampleCounts();
    PerfData data =
        new PerfData(
            new PerfData.Sink() {
              @Override
              public void sample(int pid, long[] ips, int length) {
                if (length > ips.length) {
                  throw new IllegalStateException(length + " frames of " + ips.length);
                }
                counts.add("", pid, List.of(Long.toHexString(ips[0])), null, "");
              }

              @Override
              public void lost(long count) {
                counts.lost(count);
              }
            });
    try {
      byte[] whole = new PerfStream().bytes();
      data.accept(whole, whole.length);
      data.accept(stream, stream.length);
    } catch (IOException e) {
      requireWords(e);
    }
    if (counts.profile(null).sampleCount() < 0) {
      throw new IllegalStateException("negative count");
    }
  }

  /** A text of {@code perf script}, which is never malformed: what is no sample is passed over. */
  public static void script(String text) throws IOException {
    PerfProfile profile = PerfScript.parse(new BufferedReader(new StringReader(text)));
    if (profile.symbols().size() > 60) {
      throw new IllegalStateException(profile.symbols().size() + " symbols");
    }
  }

  private static void requireWords(IOException e) {
    if (e.getMessage() == null) {
      throw new IllegalStateException("an error without words", e);
    }
  }
}
