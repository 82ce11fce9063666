package io.netnswatch.collector.proc;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The files below a {@code /proc}, living or recorded. */
public interface ProcFiles {

  /** Process ids, in no order. */
  List<Integer> pids() throws IOException;

  /**
   * Thread ids of a process, its first thread's among them, in no order; empty if it is gone.
   *
   * @throws IOException if they may not or cannot be read
   */
  List<Integer> threads(int pid) throws IOException;

  /**
   * The whole text of a file; bytes that are not UTF-8 are replaced.
   *
   * @param file name below /proc, e.g. {@code 1/stat}
   * @return null if it does not exist, or its process is gone
   * @throws IOException if it may not or cannot be read, or is far too long
   */
  @Nullable String read(String file) throws IOException;

  /**
   * Target of a symbolic link.
   *
   * @return null if it does not exist, or its process is gone
   * @throws IOException if it may not or cannot be read
   */
  @Nullable String readLink(String file) throws IOException;
}
