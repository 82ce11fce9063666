package io.netnswatch.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The files of {@code docs/queries}. */
final class Queries {

  static final Path FOLDER = Path.of("..", "..", "docs", "queries");
  static final String KSQLDB = ".ksqldb.sql";
  static final String FLINK = ".flink.sql";

  /** The pair that creates what the others read. */
  static final String TABLES = "tables";

  private Queries() {}

  /** Base names of the files of one engine, in order. */
  static List<String> names(String engine) {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(engine))
          .map(name -> name.substring(0, name.length() - engine.length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(String name, String engine) {
    try {
      return Files.readString(FOLDER.resolve(name + engine));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The comment that a script begins with. */
  static String header(String script) {
    return script
        .lines()
        .takeWhile(line -> line.startsWith("--"))
        .collect(Collectors.joining("\n"));
  }

  /** The statements of a script, without comments; each ends with a semicolon at a line's end. */
  static List<String> statements(String script) {
    String code =
        script.lines().filter(line -> !line.startsWith("--")).collect(Collectors.joining("\n"));
    return Arrays.stream(code.split(";(?=\n|$)"))
        .map(String::strip)
        .filter(statement -> !statement.isEmpty())
        .toList();
  }
}
