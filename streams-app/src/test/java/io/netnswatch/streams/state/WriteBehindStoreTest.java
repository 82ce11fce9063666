package io.netnswatch.streams.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteBehindStoreTest {

  private static final String NAME = "store";

  @TempDir private Path stateDir;

  /** What was encoded, in order. */
  private final List<String> encoded = new ArrayList<>();

  /** What was decoded, in order. */
  private final List<String> decoded = new ArrayList<>();

  private WriteBehindStore<String> store;

  @BeforeEach
  void open() {
    store =
        (WriteBehindStore<String>)
            WriteBehindStore.builder(NAME, serde(), 3, 2).withLoggingDisabled().build();
    store.init(
        new MockProcessorContext<>(settings(), new TaskId(0, 0), stateDir.toFile())
            .getStateStoreContext(),
        store);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void writesOnceHoweverOftenAValueChanges() {
    store.put("a", "1");
    store.put("a", "2");
    store.put("a", "3");
    assertThat(store.get("a")).isEqualTo("3");
    assertThat(encoded).isEmpty();

    store.flushCache();
    store.flushCache();

    assertThat(encoded).containsExactly("3");
    assertThat(store.get("a")).isEqualTo("3");
  }

  @Test
  void readersSeeWhatIsNotWrittenOverWhatIs() {
    store.put("a", "1");
    store.put("b", "1");
    store.put("ab", "1");
    store.flushCache();

    store.put("b", "2");
    store.put("ac", "2");
    store.delete("ab");

    assertThat(entries(store.all())).isEqualTo(Map.of("a", "1", "b", "2", "ac", "2"));
    assertThat(entries(store.range("a", "ac"))).isEqualTo(Map.of("a", "1", "ac", "2"));
    assertThat(entries(store.prefixScan("a", new StringSerializer())))
        .isEqualTo(Map.of("a", "1", "ac", "2"));
    assertThat(store.get("ab")).isNull();
  }

  @Test
  void whatIsPushedOutOfMemoryIsWrittenBefore() {
    for (String key : List.of("a", "b", "c", "d")) {
      store.put(key, key);
    }

    assertThat(encoded).containsExactly("a");
    assertThat(store.get("a")).isEqualTo("a");
  }

  @Test
  void ofThoseWrittenTheLastFewAreKeptDecoded() {
    for (String key : List.of("a", "b", "c")) {
      store.put(key, key);
    }

    store.flushCache();
    assertThat(List.of(store.get("a"), store.get("b"), store.get("c")))
        .containsExactly("a", "b", "c");

    assertThat(decoded).containsExactly("a");
  }

  /** Its transaction is aborted with it. */
  @Test
  void whatWasNotFlushedIsGoneWithTheTask() {
    store.put("a", "committed");
    store.flushCache();
    store.put("a", "not committed");

    store.close();
    open();

    assertThat(store.get("a")).isEqualTo("committed");
  }

  /** A standby's changes come by another way: nothing older may stand before them. */
  @Test
  void aStandbyStandsOnWhatIsWritten() {
    store.put("a", "1");
    store.flushCache();

    store.clearCache();
    store.wrapped().put("a", "2".getBytes(UTF_8));

    assertThat(store.get("a")).isEqualTo("2");
  }

  /** The hook is Kafka Streams' own: fails if an upgrade changes it. */
  @Test
  void kafkaStreamsFlushesItAtACommit() {
    Topology topology =
        new Topology()
            .addSource("in", new StringDeserializer(), new StringDeserializer(), "in")
            .addProcessor("keep", Keep::new, "in")
            .addStateStore(WriteBehindStore.builder(NAME, serde(), 3, 2), "keep");
    try (TopologyTestDriver driver = new TopologyTestDriver(topology, settings())) {
      driver
          .createInputTopic("in", new StringSerializer(), new StringSerializer())
          .pipeInput("a", "1");

      assertThat(
              driver
                  .createOutputTopic(
                      "test-store-changelog", new StringDeserializer(), new StringDeserializer())
                  .readKeyValuesToMap())
          .isEqualTo(Map.of("a", "1"));
      assertThat(driver.<String, String>getKeyValueStore(NAME).get("a")).isEqualTo("1");
    }
  }

  private static final class Keep implements Processor<String, String, Void, Void> {
    private KeyValueStore<String, String> store;

    @Override
    public void init(ProcessorContext<Void, Void> context) {
      store = context.getStateStore(NAME);
    }

    @Override
    public void process(Record<String, String> record) {
      store.put(record.key(), record.value());
    }
  }

  private Serde<String> serde() {
    return Serdes.serdeFrom(
        (topic, value) -> {
          encoded.add(value);
          return value.getBytes(UTF_8);
        },
        (topic, bytes) -> {
          String value = new String(bytes, UTF_8);
          decoded.add(value);
          return value;
        });
  }

  private Properties settings() {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
    settings.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
    return settings;
  }

  private static Map<String, String> entries(KeyValueIterator<String, String> found) {
    try (found) {
      Map<String, String> entries = new HashMap<>();
      found.forEachRemaining(entry -> entries.put(entry.key, entry.value));
      return entries;
    }
  }
}
