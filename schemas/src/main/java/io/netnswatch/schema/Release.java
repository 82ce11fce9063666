package io.netnswatch.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;

/** The release of netnswatch that runs. */
public final class Release {

  private Release() {}

  /** Its version, e.g. 0.1.0. */
  public static String version() {
    Properties properties = new Properties();
    try (InputStream in = Release.class.getResourceAsStream("/netnswatch.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("resource netnswatch.properties", e);
    }
    return Objects.requireNonNull(properties.getProperty("version"));
  }
}
