package io.netnswatch.streams;

import io.netnswatch.streams.state.RocksDbMemory;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
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

  private static final Set<String> OF_CLIENTS = new HashSet<>();

  static {
    OF_CLIENTS.addAll(ConsumerConfig.configNames());
    OF_CLIENTS.addAll(ProducerConfig.configNames());
    OF_CLIENTS.addAll(AdminClientConfig.configNames());
  }

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
        return OF_CLIENTS.contains(name.substring(prefix.length()));
      }
    }
    return OF_CLIENTS.contains(name)
        || StreamsConfig.configDef().names().contains(name)
        || name.equals(RocksDbMemory.BUDGET_CONFIG);
  }
}
