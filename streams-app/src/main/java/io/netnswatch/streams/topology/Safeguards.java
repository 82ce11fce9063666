package io.netnswatch.streams.topology;

import io.netnswatch.streams.intake.InFlight;
import io.netnswatch.streams.intake.Quarantine;
import io.netnswatch.streams.metrics.DetectorMetrics;
import java.util.Map;

/**
 * What stands between a single record and the whole detector; shared by the topology, its clients
 * and the handlers of its failures, to which Kafka Streams hands it as a setting.
 *
 * @param metrics counts every failure and what came of it
 * @param quarantine records that are not tried again
 * @param inFlight large records on their way
 */
public record Safeguards(DetectorMetrics metrics, Quarantine quarantine, InFlight inFlight) {

  /** Name of the setting. */
  public static final String CONFIG = "netnswatch.safeguards";

  /** New ones. */
  public Safeguards(DetectorMetrics metrics) {
    this(metrics, new Quarantine(), new InFlight());
  }

  /** Those among Kafka Streams' settings. */
  static Safeguards from(Map<String, ?> settings) {
    if (settings.get(CONFIG) instanceof Safeguards safeguards) {
      return safeguards;
    }
    throw new IllegalStateException(CONFIG + " is not set");
  }

  /** Not its parts: settings are logged. */
  @Override
  public String toString() {
    return "safeguards";
  }
}
