package io.netnswatch.collector;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
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
    char[] chunk = new char[512];
    try (Reader text = new InputStreamReader(stream, StandardCharsets.UTF_8)) {
      for (int read = text.read(chunk); read >= 0; read = text.read(chunk)) {
        keep(new String(chunk, 0, read), maxChars);
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
