package io.netnswatch.streams;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version of this build, as Maven wrote it. */
public final class Version implements IVersionProvider {

  /** The version, e.g. 0.1.0. */
  public static String current() {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("/netnswatch.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("resource netnswatch.properties", e);
    }
    return properties.getProperty("version");
  }

  @Override
  public String[] getVersion() {
    return new String[] {"netnswatch " + current()};
  }
}
