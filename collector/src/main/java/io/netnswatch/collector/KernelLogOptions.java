package io.netnswatch.collector;

import io.netnswatch.collector.kmsg.KernelLog;
import io.netnswatch.collector.kmsg.KmsgReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** Options of the kernel's log. */
final class KernelLogOptions {

  @Option(names = "--no-kernel-log", description = "Do not read the kernel's log.")
  private boolean off;

  @Option(
      names = "--kmsg",
      paramLabel = "FILE",
      defaultValue = "/dev/kmsg",
      description = "Where the kernel's log is read.")
  private Path device = Path.of("/dev/kmsg");

  /** Begins to read it, or says why not. */
  KernelLog start(Consumer<String> say) {
    if (off) {
      return KernelLog.NONE;
    }
    Optional<String> unavailable = KmsgReader.unavailable(device);
    if (unavailable.isPresent()) {
      say.accept("kernel log off because " + unavailable.get());
      return KernelLog.NONE;
    }
    try {
      return KmsgReader.start(device);
    } catch (IOException e) {
      say.accept("kernel log off because " + e.getMessage());
      return KernelLog.NONE;
    }
  }
}
