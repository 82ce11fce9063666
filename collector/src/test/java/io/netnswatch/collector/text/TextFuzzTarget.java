package io.netnswatch.collector.text;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.netnswatch.schema.TelemetryEvent;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** Texts and archives of whatever content, for the fuzzer. */
public final class TextFuzzTarget {

  private static final List<String> BEGINNINGS =
      List.of(
          "INFO: task x:1 blocked for more than 120 seconds.\nCall Trace:\n",
          "kworker/u4:3 137 [001] 611.483192: 10101010 cpu-clock:\n",
          "  PID STAT WCHAN %CPU TIME COMMAND\n",
          "# Samples: 999  of event 'cpu-clock'\n# Children      Self  Command\n",
          "workqueue netns: flags=0x6000a\n",
          "PID: 1 TASK: ffff88003c6e8000 CPU: 1 COMMAND: \"ip\"\n",
          "{\"MESSAGE\":\"",
          "unregister_netdevice: waiting for lo to become",
          "[<0>] copy_net_ns+0x1/0x2\n",
          "unshare(CLONE_NEWNET",
          "");

  private TextFuzzTarget() {}

  /** Any text ends in events, or in none. */
  public static void text(FuzzedDataProvider input) throws IOException {
    TextEvidence texts = new TextEvidence(Instant.ofEpochMilli(1_800_000_000_000L));
    String beginning = input.pickValue(BEGINNINGS);
    byte[] rest = input.consumeRemainingAsBytes();
    byte[] whole = new byte[beginning.length() + rest.length];
    System.arraycopy(beginning.getBytes(US_ASCII), 0, whole, 0, beginning.length());
    System.arraycopy(rest, 0, whole, beginning.length(), rest.length);
    texts.read("fuzz", null, new ByteArrayInputStream(whole));
    List<TelemetryEvent> events = TextTelemetry.of(texts, "fuzz");
    if (events.size() > 20_000) {
      throw new IllegalStateException(events.size() + " events");
    }
  }

  /** Any archive ends, or says what is wrong with it. */
  public static void archive(byte[] bytes) {
    TextEvidence texts = new TextEvidence(Instant.ofEpochMilli(1_800_000_000_000L));
    try {
      new EvidenceFiles(texts).read("fuzz", new ByteArrayInputStream(bytes));
    } catch (IOException e) {
      if (e.getMessage() == null && e.getClass() != EOFException.class) {
        throw new IllegalStateException("an error without words", e);
      }
    }
  }
}
