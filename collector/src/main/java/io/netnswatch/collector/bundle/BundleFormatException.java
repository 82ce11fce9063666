package io.netnswatch.collector.bundle;

import io.netnswatch.command.UnusableInputException;
import java.io.IOException;
import java.nio.file.Path;

/** A bundle does not look as it should; the message names the entry. */
public final class BundleFormatException extends UnusableInputException {

  private static final long serialVersionUID = 1L;

  public BundleFormatException(String entry, String what) {
    super(entry + ": " + what);
  }

  /** The same, with the bundle's name before it. */
  BundleFormatException(Path bundle, IOException inside) {
    super(bundle + ": " + inside.getMessage(), inside);
  }
}
