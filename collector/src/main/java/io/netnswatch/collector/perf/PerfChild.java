package io.netnswatch.collector.perf;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@code perf record} under way. Its output is read by whoever waits for it, without a thread of
 * its own and without ever blocking on it. Not thread-safe.
 */
final class PerfChild implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PerfChild.class);

  /** What perf exits with when it does not know an option. */
  static final int WRONG_USAGE = 129;

  private static final int MAX_ERROR_CHARS = 1024;
  private static final long QUIET_WAIT_MS = 250;
  private static final long BUSY_WAIT_MS = 2;
  private static final Duration END_LIMIT = Duration.ofMillis(500);

  private final Process process;
  private final PerfData data;
  private final long startedNanos = System.nanoTime();
  private final byte[] chunk = new byte[1 << 15];
  private final StringBuilder errorLine = new StringBuilder();
  private final StringBuilder errors = new StringBuilder();
  private int acknowledged;

  /** perf did not answer in time: it may be slow today, which says nothing of tomorrow. */
  static final class NoAnswerException extends IOException {
    private static final long serialVersionUID = 1L;

    NoAnswerException(Duration limit) {
      super("perf record does not answer within " + limit.toMillis() + " ms");
    }
  }

  private PerfChild(Process process, PerfData data) {
    this.process = process;
    this.data = data;
  }

  /**
   * Starts it.
   *
   * @param sink where its samples go
   * @throws IOException if it can't be started
   */
  static PerfChild start(List<String> command, PerfData.Sink sink) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("LC_ALL", "C");
    builder.environment().put("PERF_CONFIG", "/dev/null");
    return new PerfChild(builder.start(), new PerfData(sink));
  }

  /** How long ago it was started. */
  Duration age() {
    return Duration.ofNanos(System.nanoTime() - startedNanos);
  }

  /**
   * Reads while the time passes, or until it has ended.
   *
   * @return whether it has ended
   */
  boolean readFor(Duration length) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + length.toNanos();
    while (true) {
      boolean busy = readAvailable();
      long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (leftMs <= 0) {
        return !process.isAlive();
      }
      if (process.waitFor(
          Math.min(leftMs, busy ? BUSY_WAIT_MS : QUIET_WAIT_MS), TimeUnit.MILLISECONDS)) {
        readAvailable();
        return true;
      }
    }
  }

  /**
   * Sends a command and reads until it is acknowledged.
   *
   * @throws NoAnswerException if perf does not answer in time
   * @throws IOException if perf ends
   */
  void command(String word, Duration limit) throws IOException, InterruptedException {
    int before = acknowledged;
    try {
      process.getOutputStream().write((word + "\n").getBytes(StandardCharsets.US_ASCII));
      process.getOutputStream().flush();
    } catch (IOException e) {
      if (readFor(END_LIMIT)) {
        throw new IOException(failure(), e);
      }
      throw e;
    }
    long deadline = System.nanoTime() + limit.toNanos();
    while (acknowledged == before) {
      if (readFor(Duration.ofMillis(BUSY_WAIT_MS)) && acknowledged == before) {
        throw new IOException(failure());
      }
      if (System.nanoTime() > deadline) {
        throw new NoAnswerException(limit);
      }
    }
  }

  /** Exit status of one that has ended. */
  int exitStatus() {
    return process.exitValue();
  }

  /** Why one that has ended did so, in words. perf follows its first lines with much advice. */
  String failure() {
    String words = errors.toString().lines().limit(2).collect(Collectors.joining(" "));
    return "perf record ended with " + exitStatus() + ": " + words;
  }

  private boolean readAvailable() throws IOException {
    boolean busy = false;
    InputStream out = process.getInputStream();
    for (int ready = out.available(); ready > 0; ready = out.available()) {
      int read = out.read(chunk, 0, Math.min(ready, chunk.length));
      if (read < 0) {
        break;
      }
      data.accept(chunk, read);
      busy |= read == chunk.length;
    }
    InputStream err = process.getErrorStream();
    for (int ready = err.available(); ready > 0; ready = err.available()) {
      int read = err.read(chunk, 0, Math.min(ready, chunk.length));
      for (int i = 0; i < read; i++) {
        error(chunk[i]);
      }
    }
    return busy;
  }

  /** Acknowledgements come between other words, each with a NUL behind its line. */
  private void error(byte letter) {
    if (letter == '\n') {
      if (errorLine.toString().equals("ack")) {
        acknowledged++;
      } else if (errors.length() + errorLine.length() < MAX_ERROR_CHARS) {
        errors.append(errorLine).append('\n');
      }
      errorLine.setLength(0);
    } else if (letter != 0 && errorLine.length() < MAX_ERROR_CHARS) {
      errorLine.append((char) Byte.toUnsignedInt(letter));
    }
  }

  /** Ends it; SIGTERM lets perf end its own child {@code sleep}, SIGKILL follows. */
  @Override
  public void close() {
    List<ProcessHandle> children = process.descendants().toList();
    process.toHandle().destroy();
    process
        .onExit()
        .orTimeout(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(
            late -> {
              process.destroyForcibly();
              return process;
            })
        .join();
    children.forEach(ProcessHandle::destroyForcibly);
    closeStreams();
  }

  private void closeStreams() {
    for (Closeable stream :
        List.of(process.getOutputStream(), process.getInputStream(), process.getErrorStream())) {
      try {
        stream.close();
      } catch (IOException e) {
        log.debug("pipe of a perf that has ended: {}", e.toString());
      }
    }
  }
}
