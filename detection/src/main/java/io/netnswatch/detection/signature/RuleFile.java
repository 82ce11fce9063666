package io.netnswatch.detection.signature;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of a signature or a cause, as somebody else may have made it. */
public final class RuleFile {

  private static final long MAX_BYTES = 1 << 20;

  private RuleFile() {}

  /**
   * Its text.
   *
   * @throws IOException if it can't be read
   * @throws IllegalArgumentException if it can't be one; the message names it
   */
  public static String text(Path file) throws IOException {
    Check.that(Files.isRegularFile(file), file + " is no file");
    Check.that(Files.size(file) <= MAX_BYTES, file + " is larger than " + MAX_BYTES + " bytes");
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(file + " is no text in UTF-8", e);
    }
  }
}
