package io.netnswatch.detection.signature;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A user's own signatures: the files {@code *.yaml} of a folder. */
public final class SignatureFiles {

  private SignatureFiles() {}

  /**
   * The shipped signatures and those of a folder.
   *
   * @throws IOException if it can't be read
   * @throws IllegalArgumentException if one is wrong; the message names file, line and key
   */
  public static List<Signature> shippedAnd(Path folder) throws IOException {
    return Signatures.shippedAnd(read(folder));
  }

  /**
   * Those of a folder alone.
   *
   * @throws IOException if it can't be read
   * @throws IllegalArgumentException if one is wrong; the message names file, line and key
   */
  public static List<Signature> read(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> entries = Files.list(folder)) {
      files = entries.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
    Check.that(!files.isEmpty(), "no *.yaml in " + folder);
    List<Signature> signatures = new ArrayList<>();
    for (Path file : files) {
      Signature signature = Signatures.parse(file.toString(), RuleFile.text(file));
      Check.that(
          signature.runbook().startsWith("http") || hasPage(folder, signature.runbook()),
          "signature "
              + file
              + ": its runbook "
              + signature.runbook()
              + " is neither beside it"
              + " nor shipped");
      signatures.add(signature);
    }
    return signatures;
  }

  private static boolean hasPage(Path folder, String runbook) {
    return Files.isRegularFile(folder.resolve(runbook)) || Runbooks.exists(runbook);
  }
}
