package io.netnswatch.streams.intake;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;

/** Kafka Streams' own clients, but for the one that reads the telemetry. */
public final class BoundedClients extends DefaultKafkaClientSupplier {

  /**
   * How long a partition's other topics wait for one that has nothing. Some fetches long: whoever
   * catches up judges seconds in the time that one fetch takes, and would leave that topic's
   * records behind.
   */
  public static final Duration TOPICS_WAIT = Duration.ofSeconds(1);

  private final InFlight inFlight;

  public BoundedClients(InFlight inFlight) {
    this.inFlight = inFlight;
  }

  @Override
  public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
    return new BoundedConsumer(config, inFlight);
  }
}
