package io.netnswatch.streams;

import io.netnswatch.schema.DeadLetterReason;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.streams.StreamsMetrics;
import org.apache.kafka.streams.processor.TaskId;

/**
 * Counts dead letters by reason, as metrics of Kafka Streams: group {@value #GROUP}, name {@code
 * <reason>-total}.
 */
final class DeadLetterCounter {

  static final String OPERATION = "dead-letter";
  static final String SCOPE = "detector";
  static final String GROUP = "stream-" + SCOPE + "-metrics";

  private final Map<DeadLetterReason, Sensor> sensors = new EnumMap<>(DeadLetterReason.class);

  DeadLetterCounter(StreamsMetrics metrics, TaskId task, String processor) {
    for (DeadLetterReason reason : DeadLetterReason.values()) {
      sensors.put(
          reason,
          metrics.addRateTotalSensor(
              SCOPE,
              processor + "-" + task,
              OPERATION + "-" + reason.name().toLowerCase(Locale.ROOT),
              Sensor.RecordingLevel.INFO));
    }
  }

  void count(DeadLetterReason reason) {
    Sensor sensor = sensors.get(reason);
    if (sensor != null) {
      sensor.record();
    }
  }
}
