package io.netnswatch.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.schema.DeadLetterHeaders;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** kcat, which is built on librdkafka, reads what is around the values. */
@ExtendWith(PublishedFleetExtension.class)
class KcatIT {

  /** What no text of ours holds: ends a field, and a record. */
  private static final String FIELD_END = "\u001f";

  private static final String RECORD_END = "\u001e";
  private static final String FORMAT = "%p\\x1f%o\\x1f%T\\x1f%k\\x1f%S\\x1f%h\\x1e";

  @TempDir private Path folder;

  @BeforeEach
  void assumeInstalled() {
    ForeignProgram.assumeInstalled("kcat");
  }

  static List<String> topics() {
    return PublishedFleet.TOPICS.all();
  }

  @ParameterizedTest
  @MethodSource("topics")
  void keysTimestampsSizesAndHeadersAreRead(String topic, PublishedFleet fleet) throws Exception {
    List<String> expected = fleet.records(topic).stream().map(KcatIT::asKcatPrints).toList();

    List<String> read = read(topic, fleet);

    assertThat(read).isNotEmpty().containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void publishedKeysAndTimestampsAreRead(PublishedFleet fleet) throws Exception {
    String topic = PublishedFleet.TOPICS.netnsLatencies();

    List<String> read = read(topic, fleet);

    assertThat(read)
        .extracting(record -> List.of(record.split(FIELD_END, -1)).subList(0, 4))
        .containsExactlyInAnyOrderElementsOf(
            fleet.publications(topic).stream()
                .map(
                    it ->
                        List.of(
                            Integer.toString(it.partition()),
                            Long.toString(it.offset()),
                            Long.toString(it.timestampMs()),
                            it.key()))
                .toList());
  }

  @Test
  void deadLettersSayWhy(PublishedFleet fleet) throws Exception {
    List<String> read = read(PublishedFleet.TOPICS.deadLetters(), fleet);

    assertThat(read).anyMatch(record -> record.contains(DeadLetterHeaders.REASON + "=LATE"));
    assertThat(read).anyMatch(record -> record.contains(DeadLetterHeaders.REASON + "=INVALID"));
  }

  private List<String> read(String topic, PublishedFleet fleet) throws Exception {
    String output =
        ForeignProgram.output(
            folder,
            List.of(
                "kcat",
                "-C",
                "-q",
                "-e",
                "-b",
                fleet.bootstrapServers(),
                "-t",
                topic,
                "-f",
                FORMAT));
    return output.isEmpty() ? List.of() : List.of(output.split(RECORD_END));
  }

  private static String asKcatPrints(ConsumerRecord<byte[], byte[]> record) {
    String headers =
        StreamSupport.stream(record.headers().spliterator(), false)
            .map(header -> header.key() + "=" + new String(header.value(), UTF_8))
            .collect(Collectors.joining(","));
    return String.join(
        FIELD_END,
        Integer.toString(record.partition()),
        Long.toString(record.offset()),
        Long.toString(record.timestamp()),
        new String(record.key(), UTF_8),
        Integer.toString(record.value().length),
        headers);
  }
}
