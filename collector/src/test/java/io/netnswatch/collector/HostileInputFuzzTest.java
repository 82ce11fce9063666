package io.netnswatch.collector;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netnswatch.collector.netns.NamespaceCommand;
import io.netnswatch.collector.perf.PerfFuzzTarget;
import io.netnswatch.collector.proc.ProcFuzzTarget;
import io.netnswatch.collector.text.TextFuzzTarget;
import java.io.IOException;

/**
 * Whatever /proc and perf say, the parsers end, and throw nothing but what they declare. One
 * target, since Jazzer fuzzes one in a JVM; the first byte chooses the parser.
 */
class HostileInputFuzzTest {

  @FuzzTest(maxDuration = "10s")
  void parsersEndAndThrowOnlyWhatTheyDeclare(FuzzedDataProvider input) throws IOException {
    switch (input.consumeInt(0, 6)) {
      case 0 -> PerfFuzzTarget.data(input.consumeRemainingAsBytes());
      case 1 -> PerfFuzzTarget.script(input.consumeRemainingAsString());
      case 2 -> ProcFuzzTarget.snapshots(input);
      case 3 -> ProcFuzzTarget.mounts(input.consumeRemainingAsString());
      case 4 -> TextFuzzTarget.text(input);
      case 5 -> TextFuzzTarget.archive(input.consumeRemainingAsBytes());
      default -> NamespaceCommand.parseCmdline(input.consumeRemainingAsString());
    }
  }
}
