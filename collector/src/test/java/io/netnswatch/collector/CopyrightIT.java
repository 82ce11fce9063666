package io.netnswatch.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The package's copyright file lists what is in the package, and nothing else. */
class CopyrightIT {

  private static final Path FILE = Path.of("src/package/copyright");
  private static final String LIBRARIES = "usr/lib/netnswatch-collector/lib/";
  private static final Pattern STANZA =
      Pattern.compile(
          "(?m)^Files: ((?:.+\\n)(?: .+\\n)*)Copyright: (.+)\\n(?: .+\\n)*License: (.+)$");

  private static String text;

  @BeforeAll
  static void read() throws IOException {
    text = Files.readString(FILE);
  }

  @Test
  void eachLibraryIsListedOnce() throws IOException {
    assertThat(libraries()).hasSizeGreaterThan(20);
    assertThat(libraries())
        .allSatisfy(
            jar -> assertThat(globs().filter(glob -> fits(glob, jar))).as("%s", jar).hasSize(1));
  }

  @Test
  void nothingIsListedThatIsNotInside() throws IOException {
    List<String> libraries = libraries();
    assertThat(globs().toList())
        .allSatisfy(glob -> assertThat(libraries).as("%s", glob).anyMatch(jar -> fits(glob, jar)));
  }

  @Test
  void eachLicenceIsThere() {
    assertThat(STANZA.matcher(text).results().map(it -> it.group(3)).distinct())
        .hasSizeGreaterThan(3)
        .allSatisfy(licence -> assertThat(text).contains("\n\nLicense: " + licence + "\n "));
  }

  /** Of the libraries, by the begin of their names. */
  private static Stream<String> globs() {
    return STANZA
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .flatMap(it -> Pattern.compile(LIBRARIES + "(\\S+)-\\*").matcher(it).results())
        .map(it -> it.group(1));
  }

  private static boolean fits(String glob, String jar) {
    return jar.startsWith(glob + "-");
  }

  /** What the build puts on the collector's class path, and so into the package. */
  private static List<String> libraries() throws IOException {
    String classpath = Files.readString(Path.of("target/classpath")).strip();
    return Stream.concat(
            Stream.of("collector-0.jar"),
            Arrays.stream(classpath.split(File.pathSeparator, -1))
                .map(it -> Path.of(it).getFileName().toString()))
        .toList();
  }
}
