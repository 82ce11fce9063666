package io.netnswatch.replay;

import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.replay.history.ArchiveManifest;
import io.netnswatch.replay.history.ArchiveWriter;
import io.netnswatch.replay.history.RecordedEvent;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Archives as an export of topics with those events would write them. */
final class Archives {

  static final Topics TOPICS = Topics.withDefaultPrefix();

  private Archives() {}

  /** The events of each partition, with where they stand. */
  static List<List<RecordedEvent>> partitions(List<TelemetryEvent> events, int partitions) {
    List<List<RecordedEvent>> all = new ArrayList<>();
    Map<String, Long> offsets = new HashMap<>();
    for (int i = 0; i < partitions; i++) {
      all.add(new ArrayList<>());
    }
    for (TelemetryEvent event : events) {
      int partition = Math.floorMod(event.host().hashCode(), partitions);
      String topic = TOPICS.topicOf(event.value());
      long offset = offsets.merge(topic + partition, 1L, Long::sum) - 1;
      all.get(partition).add(new RecordedEvent(event, new SourceRef(topic, partition, offset)));
    }
    return all;
  }

  static Path write(Path folder, List<TelemetryEvent> events, int partitions) throws IOException {
    return write(folder, partitions(events, partitions), List.of());
  }

  static Path write(Path folder, List<List<RecordedEvent>> partitions, List<Incident> live)
      throws IOException {
    Files.createDirectories(folder);
    long count = 0;
    for (int i = 0; i < partitions.size(); i++) {
      try (ArchiveWriter writer = ArchiveWriter.ofPartition(folder, TOPICS, i)) {
        for (RecordedEvent event : partitions.get(i)) {
          writer.add(event);
          count++;
        }
      }
    }
    try (ArchiveWriter writer = ArchiveWriter.ofIncidents(folder)) {
      for (Incident incident : live) {
        writer.add(incident);
      }
    }
    new ArchiveManifest(
            ArchiveManifest.FORMAT,
            TOPICS.prefix(),
            partitions.size(),
            null,
            null,
            count,
            live.size(),
            Map.of(),
            "test")
        .write(folder);
    return folder;
  }
}
