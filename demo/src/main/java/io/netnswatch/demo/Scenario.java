package io.netnswatch.demo;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** A recording that can be played in beside this host, as a host of the scenario's name. */
enum Scenario {
  RECORDED_LIVELOCK("livelock"),
  RECORDED_LIVELOCK_IP6REASM("livelock-ip6reasm"),
  RECORDED_HEALTHY("healthy"),
  RECORDED_HEAVY_CHURN("lookalike-heavy-churn"),
  RECORDED_FRAG_FLOOD("lookalike-frag-flood");

  private final String recording;

  Scenario(String recording) {
    this.recording = recording;
  }

  /** As it is given on the command line; also the name of the host it plays. */
  String host() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  /** The bundle below a folder of recordings. */
  Path bundle(Path recordings) {
    return recordings.resolve(recording + ".tar.gz");
  }

  /**
   * The scenario of a name.
   *
   * @throws IllegalArgumentException that lists the names there are
   */
  static Scenario of(String name) {
    return Arrays.stream(values())
        .filter(scenario -> scenario.host().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("no scenario " + name + "; there are " + names()));
  }

  static String names() {
    return Arrays.stream(values()).map(Scenario::host).collect(Collectors.joining(", "));
  }
}
