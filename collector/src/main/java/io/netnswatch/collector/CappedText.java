package io.netnswatch.collector;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Reads a child's output to its end, so that the child never blocks on it, and keeps its head. */
public final class CappedText {
  private final StringBuilder kept = new StringBuilder();
  private final Thread reader;

  private CappedText(InputStream stream, int maxChars) {
    reader = new Thread(() -> drain(stream, maxChars), "child-output");
    reader.setDaemon(true);
    reader.start();
  }

  /** Begins to read; the first {@code maxChars} characters are kept. */
  public static CappedText of(InputStream stream, int maxChars) {
    return new CappedText(stream, maxChars);
  }

  private void drain(InputStream stream, int maxChars) {
    byte[] chunk = new byte[512];
    try (stream) {
      for (int read = stream.read(chunk); read >= 0; read = stream.read(chunk)) {
        keep(new String(chunk, 0, read, StandardCharsets.UTF_8), maxChars);
      }
    } catch (IOException e) {
      keep(" (reading ended: " + e.getMessage() + ")", maxChars);
    }
  }

  private synchronized void keep(String text, int maxChars) {
    kept.append(text, 0, Math.min(text.length(), maxChars - kept.length()));
  }

  private synchronized String kept() {
    return kept.toString().strip();
  }

  /**
   * What was kept, without blanks around it. Waits for the end of the output, but no longer than
   * the limit: a grandchild may hold it open.
   */
  public String await(Duration limit) throws InterruptedException {
    reader.join(limit.toMillis());
    return kept();
  }
}
