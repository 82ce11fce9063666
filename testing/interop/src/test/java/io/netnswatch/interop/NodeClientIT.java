package io.netnswatch.interop;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** kafkajs and its Confluent registry client, from npm, read every field of every record. */
@ExtendWith(PublishedFleetExtension.class)
class NodeClientIT {

  private static final Path SOURCES = Path.of("src", "test", "node");
  private static final Path FOLDER = Path.of("target", "node");

  @Test
  void everyFieldOfEveryRecordIsDecoded(PublishedFleet fleet) throws Exception {
    ForeignProgram.assumeInstalled("node");
    ForeignProgram.assumeInstalled("npm");
    installClient();
    Map<String, Publication> expected =
        fleet.publications().stream()
            .collect(toMap(it -> place(it.topic(), it.partition(), it.offset()), it -> it));

    List<String> lines = readAll(fleet);

    FieldComparison comparison = new FieldComparison();
    assertThat(lines).hasSameSizeAs(expected.keySet());
    for (String line : lines) {
      JsonNode read = new ObjectMapper().readTree(line);
      String place =
          place(
              read.get("topic").textValue(),
              read.get("partition").intValue(),
              read.get("offset").asLong());
      Publication publication = expected.remove(place);
      assertThat(publication).as(place).isNotNull();
      assertThat(read.get("key").textValue()).isEqualTo(publication.key());
      assertThat(read.get("timestamp").asLong()).isEqualTo(publication.timestampMs());
      comparison.add(place, publication.value(), read.get("value"));
    }
    assertThat(comparison.differences()).isEmpty();
    assertThat(comparison.seen()).isEqualTo(allPaths());
  }

  private static void installClient() throws IOException, InterruptedException {
    Files.createDirectories(FOLDER);
    for (String file : List.of("package.json", "package-lock.json", "read-topics.js")) {
      Files.copy(SOURCES.resolve(file), FOLDER.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    String unused =
        ForeignProgram.output(
            FOLDER, List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"));
  }

  private static List<String> readAll(PublishedFleet fleet)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of("node", "read-topics.js", fleet.bootstrapServers(), fleet.schemaRegistryUrl()));
    for (String topic : PublishedFleet.TOPICS.avro()) {
      command.add(topic + "=" + fleet.publications(topic).size());
    }
    return ForeignProgram.output(FOLDER, command).lines().toList();
  }

  private static Set<String> allPaths() {
    Set<String> paths = new TreeSet<>();
    for (String topic : PublishedFleet.TOPICS.avro()) {
      paths.addAll(FieldComparison.paths(PublishedFleet.TOPICS.schemaOf(topic)));
    }
    return paths;
  }

  private static String place(String topic, int partition, long offset) {
    return topic + "-" + partition + "@" + offset;
  }
}
