package io.netnswatch.pages;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The checkout these tests belong to. */
final class Repository {

  static final Path HOME = Path.of(System.getProperty("netnswatch.home", "../.."));

  private Repository() {}

  static Path path(String relative) {
    return HOME.resolve(relative);
  }

  static String text(String relative) {
    try {
      return Files.readString(path(relative));
    } catch (IOException e) {
      throw new UncheckedIOException(relative, e);
    }
  }

  /** Relative paths of all files of that ending that are neither built nor fetched. */
  static List<String> files(String ending) {
    try (Stream<Path> all = Files.walk(HOME)) {
      return all.filter(path -> path.toString().endsWith(ending))
          .map(path -> HOME.relativize(path).toString())
          .filter(path -> !path.matches("(.*/)?(target|node_modules|\\.git|\\.netnswatch)/.*"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
