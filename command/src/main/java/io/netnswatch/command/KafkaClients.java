package io.netnswatch.command;

import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/** What Kafka's clients can be told. */
public final class KafkaClients {

  private static final Set<String> SETTINGS = new HashSet<>();

  static {
    SETTINGS.addAll(ConsumerConfig.configNames());
    SETTINGS.addAll(ProducerConfig.configNames());
    SETTINGS.addAll(AdminClientConfig.configNames());
  }

  private KafkaClients() {}

  /** Whether a consumer, producer or admin client has a setting of that name. */
  public static boolean hasSetting(String name) {
    return SETTINGS.contains(name);
  }
}
