package io.netnswatch.command;

import io.netnswatch.schema.Release;
import picocli.CommandLine.IVersionProvider;

/** The version of this build, as Maven wrote it. */
public final class Version implements IVersionProvider {

  /** The version, e.g. 0.1.0. */
  public static String current() {
    return Release.version();
  }

  @Override
  public String[] getVersion() {
    return new String[] {"netnswatch " + current()};
  }
}
