package io.netnswatch.streams.state;

import io.netnswatch.schema.Incident;
import io.netnswatch.schema.IncidentStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/**
 * The latest step of the latest incidents of each host, for those who ask; it decides nothing. Kept
 * under the host and the incident key, so that a host's stand together.
 */
public final class IncidentHistory {

  /** So many of a host are kept. */
  private static final int KEPT = 16;

  private static final char SEPARATOR = '\0';

  private static final Comparator<KeyValue<String, Incident>> LEAST_WANTED =
      Comparator.comparing(
              (KeyValue<String, Incident> it) -> it.value.getStatus() != IncidentStatus.RESOLVED)
          .thenComparing(it -> it.value.getUpdatedAt())
          .thenComparing(it -> it.key);

  private final KeyValueStore<String, Incident> store;

  /** In that store. */
  public IncidentHistory(KeyValueStore<String, Incident> store) {
    this.store = store;
  }

  /** The incidents of a host that a store has, by key. */
  public static List<Incident> ofHost(ReadOnlyKeyValueStore<String, Incident> store, String host) {
    return entries(store, host).stream().map(it -> it.value).toList();
  }

  /** Keeps a step; where a host has too many, what was resolved longest ago goes. */
  public void put(Incident step) {
    store.put(step.getHost() + SEPARATOR + step.getIncidentKey(), step);
    List<KeyValue<String, Incident>> kept = entries(store, step.getHost());
    if (kept.size() > KEPT) {
      kept.sort(LEAST_WANTED);
      kept.subList(0, kept.size() - KEPT).forEach(it -> store.delete(it.key));
    }
  }

  /** A host is no longer known. */
  public void forget(String host) {
    entries(store, host).forEach(it -> store.delete(it.key));
  }

  private static List<KeyValue<String, Incident>> entries(
      ReadOnlyKeyValueStore<String, Incident> store, String host) {
    List<KeyValue<String, Incident>> entries = new ArrayList<>();
    try (KeyValueIterator<String, Incident> found =
        store.prefixScan(host + SEPARATOR, new StringSerializer())) {
      found.forEachRemaining(entries::add);
    }
    return entries;
  }
}
