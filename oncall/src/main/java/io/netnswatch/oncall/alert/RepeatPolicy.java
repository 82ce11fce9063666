package io.netnswatch.oncall.alert;

import java.time.Duration;

/**
 * How often a target that forgets is reminded.
 *
 * @param firing firing alerts are told again so often; zero if never
 * @param resolvedFor ended alerts are told again for so long; zero if not
 */
public record RepeatPolicy(Duration firing, Duration resolvedFor) {

  /** For a target that forgets nothing. */
  public static final RepeatPolicy NEVER = new RepeatPolicy(Duration.ZERO, Duration.ZERO);
}
