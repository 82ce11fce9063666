package io.netnswatch.collector.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.collector.publish.PublishedTail.Found;
import io.netnswatch.collector.spool.EventId;
import io.netnswatch.collector.spool.Partition;
import io.netnswatch.collector.spool.TestEvents;
import io.netnswatch.schema.Topics;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.MockProducer;
import org.junit.jupiter.api.Test;

class KafkaDeliveryTest {

  private static final Partition LATENCIES = new Partition("test.netns-latencies", 0);
  private static final Partition SNAPSHOTS = new Partition("test.proc-snapshots", 2);
  private static final Map<Partition, Long> ENDS = Map.of(LATENCIES, 8L, SNAPSHOTS, 3L);

  /** Else the next run, after a crash before they are settled, would publish them again. */
  @Test
  void whereEventsWereFoundTheNextLookBeginsWhereThisOneDid() {
    EventId found = EventId.of(TestEvents.event(0).value());

    Map<Partition, Long> begins = delivery(Set.of(found)).locate(Map.of(LATENCIES, 5L));

    assertThat(begins).isEqualTo(Map.of(LATENCIES, 5L, SNAPSHOTS, 3L));
  }

  @Test
  void whereNoneWasFoundTheNextLookBeginsAtTheEnds() {
    assertThat(delivery(Set.of()).locate(Map.of(LATENCIES, 5L))).isEqualTo(ENDS);
  }

  private static KafkaDelivery delivery(Set<EventId> found) {
    return new KafkaDelivery(
        MockProducer::new, known -> new Found(ENDS, found), new Topics("test."));
  }
}
