package io.netnswatch.streams.topics;

import java.util.Set;
import org.apache.kafka.common.config.TopicConfig;

/**
 * How a topic, or its subject in the registry, differs from the plan.
 *
 * @param topic the topic
 * @param setting what differs: a topic's setting, {@code partitions}, {@code topic} or {@code
 *     schema}
 * @param found as it is
 * @param wanted as it should be
 */
public record Finding(String topic, String setting, String found, String wanted) {

  static final String TOPIC = "topic";
  static final String PARTITIONS = "partitions";
  static final String SCHEMA = "schema";
  static final String COMPATIBILITY = "compatibility";

  /** Whether altering the topic's settings cures it. */
  boolean isSetting() {
    return switch (setting) {
      case TOPIC, PARTITIONS, SCHEMA, COMPATIBILITY -> false;
      default -> true;
    };
  }

  /** Whether a setting serves the plan, though it may not be the same. */
  static boolean serves(String setting, String found, String wanted) {
    return switch (setting) {
      case TopicConfig.RETENTION_MS_CONFIG ->
          Long.parseLong(found) < 0
              || (Long.parseLong(wanted) >= 0 && Long.parseLong(found) >= Long.parseLong(wanted));
      case TopicConfig.COMPRESSION_TYPE_CONFIG -> found.equals(wanted) || found.equals("gzip");
      case TopicConfig.CLEANUP_POLICY_CONFIG ->
          Set.of(found.split(",")).equals(Set.of(wanted.split(",")));
      default -> found.equals(wanted);
    };
  }
}
