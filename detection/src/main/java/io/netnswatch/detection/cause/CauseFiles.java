package io.netnswatch.detection.cause;

import io.netnswatch.detection.signature.RuleFile;
import io.netnswatch.detection.signature.Runbooks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A user's own causes: the files {@code *.yaml} of a folder. */
public final class CauseFiles {

  private CauseFiles() {}

  /**
   * The shipped causes and those of a folder.
   *
   * @throws IOException if it can't be read
   * @throws IllegalArgumentException if one is wrong; the message names file, line and key
   */
  public static List<Cause> shippedAnd(Path folder) throws IOException {
    return Causes.shippedAnd(read(folder));
  }

  /**
   * Those of a folder alone.
   *
   * @throws IOException if it can't be read
   * @throws IllegalArgumentException if one is wrong; the message names file, line and key
   */
  public static List<Cause> read(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> entries = Files.list(folder)) {
      files = entries.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
    Expect.that(!files.isEmpty(), "no *.yaml in " + folder);
    List<Cause> causes = new ArrayList<>();
    for (Path file : files) {
      Cause cause = Causes.parse(file.toString(), RuleFile.text(file));
      String page = cause.runbook();
      Expect.that(
          page.startsWith("http")
              || Files.isRegularFile(folder.resolve(page))
              || Runbooks.exists(page),
          "cause " + file + ": its runbook " + page + " is neither beside it nor shipped");
      causes.add(cause);
    }
    return causes;
  }
}
