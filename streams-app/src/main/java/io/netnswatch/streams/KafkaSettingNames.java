package io.netnswatch.streams;

import io.netnswatch.command.KafkaClients;
import io.netnswatch.streams.state.RocksDbMemory;
import java.util.List;
import org.apache.kafka.streams.StreamsConfig;

/** Which names Kafka Streams and its clients know. */
final class KafkaSettingNames {

  private static final List<String> CLIENT_PREFIXES =
      List.of(
          StreamsConfig.MAIN_CONSUMER_PREFIX,
          StreamsConfig.RESTORE_CONSUMER_PREFIX,
          StreamsConfig.GLOBAL_CONSUMER_PREFIX,
          StreamsConfig.CONSUMER_PREFIX,
          StreamsConfig.PRODUCER_PREFIX,
          StreamsConfig.ADMIN_CLIENT_PREFIX);

  /** What comes behind these is up to others: a topic's settings, tags of one's own. */
  private static final List<String> OPEN_PREFIXES =
      List.of(StreamsConfig.TOPIC_PREFIX, StreamsConfig.CLIENT_TAG_PREFIX);

  private KafkaSettingNames() {}

  /** Whether a setting of that name has any effect. */
  static boolean isKnown(String name) {
    for (String prefix : OPEN_PREFIXES) {
      if (name.startsWith(prefix)) {
        return true;
      }
    }
    for (String prefix : CLIENT_PREFIXES) {
      if (name.startsWith(prefix)) {
        return KafkaClients.hasSetting(name.substring(prefix.length()));
      }
    }
    return KafkaClients.hasSetting(name)
        || StreamsConfig.configDef().names().contains(name)
        || name.equals(RocksDbMemory.BUDGET_CONFIG);
  }
}
