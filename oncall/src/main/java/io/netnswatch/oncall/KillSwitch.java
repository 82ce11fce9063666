package io.netnswatch.oncall;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file: while it is there, or it can't be seen whether it is, nothing is done to any host. */
final class KillSwitch implements BooleanSupplier {

  private static final Logger LOG = LoggerFactory.getLogger(KillSwitch.class);

  private final @Nullable Path file;
  private boolean wasOn;

  /**
   * Looked at before each step.
   *
   * @param file null for no kill switch
   */
  KillSwitch(@Nullable Path file) {
    this.file = file;
  }

  @Override
  public synchronized boolean getAsBoolean() {
    boolean isOn = file != null && !Files.notExists(file);
    if (isOn != wasOn) {
      LOG.warn(
          isOn ? "kill switch {} is on: no host is touched" : "kill switch {} is off again", file);
    }
    wasOn = isOn;
    return isOn;
  }
}
