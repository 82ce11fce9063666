package io.netnswatch.interop.ksqldb;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

/** Words of ksqlDB's grammar that name nothing unless they stand in back-ticks. */
final class ReservedWords {

  private static final Path FILE =
      Path.of("..", "..", "schemas", "src", "test", "resources", "ksqldb-reserved-words.txt");

  private static final Set<String> WORDS = read();

  private ReservedWords() {}

  static boolean contains(String word) {
    return WORDS.contains(word);
  }

  static int count() {
    return WORDS.size();
  }

  private static Set<String> read() {
    try {
      return Files.readAllLines(FILE).stream()
          .filter(line -> !line.startsWith("#"))
          .collect(Collectors.toUnmodifiableSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
