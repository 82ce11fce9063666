package io.netnswatch.collector.bundle;

import io.netnswatch.collector.netns.NamespaceCommand;
import io.netnswatch.collector.proc.ProcFiles;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A {@code /proc} that keeps what is read of it, for one snapshot. Not thread-safe. */
final class RecordingProc implements ProcFiles {

  private final long atMs;
  private final ProcFiles proc;
  private final Map<String, String> texts = new LinkedHashMap<>();

  /** Keeps what is read of that one, as of epoch milliseconds. */
  RecordingProc(long atMs, ProcFiles proc) {
    this.atMs = atMs;
    this.proc = proc;
  }

  long atMs() {
    return atMs;
  }

  /** What has been read so far, by file; of several readings the last. */
  Map<String, String> texts() {
    return texts;
  }

  @Override
  public List<Integer> pids() throws IOException {
    return proc.pids();
  }

  @Override
  public List<Integer> threads(int pid) throws IOException {
    return proc.threads(pid);
  }

  @Override
  public @Nullable String read(String file) throws IOException {
    String text = proc.read(file);
    String kept = text != null && file.endsWith("/cmdline") ? command(text) : text;
    if (kept != null) {
      texts.put(file, kept);
    }
    return text;
  }

  /** Command lines may hold secrets: of them only what concerns namespaces is kept. */
  private static @Nullable String command(String cmdline) {
    NamespaceCommand command = NamespaceCommand.parseCmdline(cmdline);
    return command == null ? null : command.line() + " ";
  }

  @Override
  public @Nullable String readLink(String file) throws IOException {
    return proc.readLink(file);
  }
}
