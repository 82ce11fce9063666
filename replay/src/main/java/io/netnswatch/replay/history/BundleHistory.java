package io.netnswatch.replay.history;

import io.netnswatch.collector.bundle.EvidenceBundle;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.TelemetryEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Evidence bundles, each of one host; those of the same host follow each other.
 *
 * @param files gzipped tars
 * @param told what of them could not be used, in words
 */
public record BundleHistory(List<Path> files, Consumer<String> told) implements History {

  public BundleHistory {
    files = List.copyOf(files);
  }

  @Override
  public String name() {
    return files.size() == 1 ? "bundle " + files.get(0) : files.size() + " bundles";
  }

  @Override
  public List<EventStream> streams(TimeRange range) throws IOException {
    Map<String, List<TelemetryEvent>> byHost = new HashMap<>();
    for (Path file : files) {
      EvidenceBundle bundle = EvidenceBundle.read(file);
      bundle.unused().forEach(words -> told.accept(file + ": " + words));
      String host = bundle.manifest().host();
      List<TelemetryEvent> events = byHost.computeIfAbsent(host, name -> new ArrayList<>());
      for (TelemetryEvent event : bundle.telemetry(host, Duration.ZERO)) {
        if (range.contains(event.eventTime())) {
          events.add(event);
        }
      }
    }
    List<EventStream> streams = new ArrayList<>();
    byHost.values().forEach(events -> streams.add(new InMemory(inOrder(events).iterator())));
    return streams;
  }

  private static List<TelemetryEvent> inOrder(List<TelemetryEvent> events) {
    return events.stream()
        .sorted(java.util.Comparator.comparing(TelemetryEvent::eventTime))
        .toList();
  }

  @Override
  public boolean isComplete() {
    return true;
  }

  @Override
  public void liveIncidents(Consumer<Incident> reader) throws IOException {
    throw new IOException("a bundle does not hold what the live application emitted");
  }

  private static final class InMemory implements EventStream {

    private final Iterator<TelemetryEvent> events;
    private @Nullable RecordedEvent next;

    InMemory(Iterator<TelemetryEvent> events) {
      this.events = events;
      advance();
    }

    @Override
    public @Nullable RecordedEvent peek() {
      return next;
    }

    @Override
    public void advance() {
      next = events.hasNext() ? new RecordedEvent(events.next(), null) : null;
    }

    @Override
    public void close() {}
  }
}
