package io.netnswatch.collector.proc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The recorded files of src/test/resources/recorded; SOURCE.txt there says where they are from. */
final class Recorded {

  static final Path PROC = Path.of("src", "test", "resources", "recorded", "proc");

  private Recorded() {}

  static String text(String file) throws IOException {
    return Files.readString(PROC.resolve(file));
  }
}
