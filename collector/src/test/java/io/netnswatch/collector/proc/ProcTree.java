package io.netnswatch.collector.proc;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A /proc whose files a test writes. */
final class ProcTree implements ProcFiles {

  private final Map<String, String> files = new HashMap<>();
  private final Map<String, Deque<String>> changing = new HashMap<>();
  private final Map<String, String> links = new HashMap<>();
  private final Map<String, String> forbidden = new HashMap<>();

  ProcTree with(String file, String text) {
    files.put(file, text);
    return this;
  }

  /** A file that says something else each time it is read, and in the end the same. */
  ProcTree withTexts(String file, String... texts) {
    changing.put(file, new ArrayDeque<>(List.of(texts)));
    return with(file, texts[texts.length - 1]);
  }

  ProcTree withLink(String file, String target) {
    links.put(file, target);
    return this;
  }

  ProcTree forbidding(String file) {
    forbidden.put(file, file);
    return this;
  }

  /** A process of the given name and state; ticks of CPU time in user mode. */
  ProcTree withTask(int pid, String comm, char state, boolean kernelThread, long ticks) {
    return with(
        pid + "/stat",
        "%d (%s) %c 2 0 0 0 -1 %d 0 0 0 0 %d 0 0 0 20 0 1 0 26 0"
            .formatted(pid, comm, state, kernelThread ? 0x0020_0000 : 0, ticks));
  }

  ProcTree without(int pid) {
    files.keySet().removeIf(file -> file.startsWith(pid + "/"));
    return this;
  }

  @Override
  public List<Integer> pids() {
    TreeSet<Integer> pids = new TreeSet<>();
    files.keySet().stream()
        .filter(file -> file.matches("\\d+/.*"))
        .forEach(file -> pids.add(Integer.valueOf(file.substring(0, file.indexOf('/')))));
    return List.copyOf(pids);
  }

  @Override
  public List<Integer> threads(int pid) {
    String directory = pid + "/task/";
    TreeSet<Integer> threads = new TreeSet<>();
    files.keySet().stream()
        .filter(file -> file.startsWith(directory))
        .map(file -> file.substring(directory.length()))
        .forEach(file -> threads.add(Integer.valueOf(file.substring(0, file.indexOf('/')))));
    return List.copyOf(threads);
  }

  @Override
  public @Nullable String read(String file) throws IOException {
    if (forbidden.containsKey(file)) {
      throw new java.nio.file.AccessDeniedException(file);
    }
    Deque<String> texts = changing.get(file);
    return texts == null || texts.isEmpty() ? files.get(file) : texts.remove();
  }

  @Override
  public @Nullable String readLink(String file) {
    return links.get(file);
  }
}
