package io.netnswatch.oncall;

import io.netnswatch.schema.Release;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {"netnswatch " + Release.version()};
  }
}
