package io.netnswatch.streams.topology;

import io.netnswatch.schema.DeadLetterReason;
import java.util.EnumMap;
import java.util.Map;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.streams.StreamsMetrics;
import org.apache.kafka.streams.processor.TaskId;

/**
 * Counts dead letters by reason, as metrics of Kafka Streams: {@code dead-letters-REASON-total}.
 */
public final class DeadLetterCounter {

  private static final String SCOPE = "detector";
  private static final String OPERATION = "dead-letters-";

  private final Map<DeadLetterReason, Sensor> sensors = new EnumMap<>(DeadLetterReason.class);

  DeadLetterCounter(StreamsMetrics metrics, TaskId task, String processor) {
    for (DeadLetterReason reason : DeadLetterReason.values()) {
      sensors.put(
          reason,
          metrics.addRateTotalSensor(
              SCOPE, processor + "-" + task, OPERATION + reason, Sensor.RecordingLevel.INFO));
    }
  }

  void count(DeadLetterReason reason) {
    Sensor sensor = sensors.get(reason);
    if (sensor != null) {
      sensor.record();
    }
  }

  /** Totals over all tasks of an instance, of the reasons that occurred. */
  public static Map<DeadLetterReason, Double> totals(Map<MetricName, ? extends Metric> metrics) {
    Map<DeadLetterReason, Double> totals = new EnumMap<>(DeadLetterReason.class);
    for (DeadLetterReason reason : DeadLetterReason.values()) {
      double total =
          metrics.entrySet().stream()
              .filter(metric -> metric.getKey().name().equals(OPERATION + reason + "-total"))
              .mapToDouble(metric -> (Double) metric.getValue().metricValue())
              .sum();
      if (total > 0) {
        totals.put(reason, total);
      }
    }
    return totals;
  }
}
