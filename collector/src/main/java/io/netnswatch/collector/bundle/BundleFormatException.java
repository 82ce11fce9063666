package io.netnswatch.collector.bundle;

import java.io.IOException;

/** A bundle does not look as it should; the message names the entry. */
public final class BundleFormatException extends IOException {

  private static final long serialVersionUID = 1L;

  public BundleFormatException(String entry, String what) {
    super(entry + ": " + what);
  }
}
