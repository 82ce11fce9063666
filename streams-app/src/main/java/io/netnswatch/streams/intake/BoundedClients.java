package io.netnswatch.streams.intake;

import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;

/** Kafka Streams' own clients, but for the one that reads the telemetry. */
public final class BoundedClients extends DefaultKafkaClientSupplier {

  private final InFlight inFlight;

  public BoundedClients(InFlight inFlight) {
    this.inFlight = inFlight;
  }

  @Override
  public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
    return new BoundedConsumer(config, inFlight);
  }
}
