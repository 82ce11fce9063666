package io.netnswatch.demo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads what was appended to a log since the last look, whole lines only. Not thread-safe. */
final class LogFollower {

  private static final int MAX_BYTES_PER_LOOK = 1 << 20;

  private final Path log;
  private final ByteArrayOutputStream partialLine = new ByteArrayOutputStream();
  private long position;

  LogFollower(Path log) {
    this.log = log;
  }

  List<String> newLines() throws IOException {
    List<String> lines = new ArrayList<>();
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      file.seek(position);
      byte[] bytes = new byte[(int) Math.min(MAX_BYTES_PER_LOOK, file.length() - position)];
      file.readFully(bytes);
      position += bytes.length;
      for (byte b : bytes) {
        if (b == '\n') {
          lines.add(partialLine.toString(StandardCharsets.UTF_8));
          partialLine.reset();
        } else {
          partialLine.write(b);
        }
      }
    }
    return lines;
  }
}
