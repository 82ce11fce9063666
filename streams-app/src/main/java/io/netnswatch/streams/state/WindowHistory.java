package io.netnswatch.streams.state;

import io.netnswatch.detection.HostState;
import io.netnswatch.detection.HostWindow;
import io.netnswatch.detection.evidence.WindowEvidence;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/**
 * The closed windows of the last hour of each host, for those who ask; they decide nothing. Those
 * of half a minute are one value, which names their boot and kernel once; it stands in the place of
 * those of somewhat more than an hour before, so that nothing has to be deleted.
 */
public final class WindowHistory {

  private static final Duration KEPT = Duration.ofHours(1);

  /** Longer would be written again more often where a host's windows close one by one. */
  private static final long CHUNK_MS = 30_000;

  private static final int MAX_CHUNK = 60;

  /** Of the windows of one boot in a value. */
  private static final int LIMIT_BYTES = 512 << 10;

  private static final char SEPARATOR = '\0';

  private static final Serializer<List<HostWindow>> ENCODER =
      StateSerdes.hostWindows().serializer();

  private final KeyValueStore<String, List<HostWindow>> store;
  private final long windowMs;
  private final int chunk;
  private final long places;

  /**
   * In that store.
   *
   * @param windowMs length of a window
   */
  public WindowHistory(KeyValueStore<String, List<HostWindow>> store, long windowMs) {
    this.store = store;
    this.windowMs = windowMs;
    this.chunk = (int) Math.max(1, Math.min(MAX_CHUNK, CHUNK_MS / windowMs));
    this.places = KEPT.toMillis() / (chunk * windowMs) + 2;
  }

  /**
   * The windows of a host that a store has, by their begin, epoch milliseconds.
   *
   * @param from begin of the first, at the earliest
   * @param until all begin before that
   */
  public static SortedMap<Long, WindowEvidence> ofHost(
      ReadOnlyKeyValueStore<String, List<HostWindow>> store,
      String host,
      Instant from,
      Instant until) {
    SortedMap<Long, WindowEvidence> found = new TreeMap<>();
    try (KeyValueIterator<String, List<HostWindow>> chunks = entries(store, host)) {
      chunks.forEachRemaining(chunk -> chunk.value.forEach(window -> add(found, window)));
    }
    return found.subMap(from.toEpochMilli(), until.toEpochMilli());
  }

  /** Where two boots of a host are alive, what the other one showed must not be lost. */
  private static void add(SortedMap<Long, WindowEvidence> found, HostWindow window) {
    found.merge(
        window.startMs(),
        WindowEvidence.of(window.evidence()),
        (known, added) -> known.with(window.evidence(), HostState.MAX_BOOTS));
  }

  /** Keeps a window that has closed. */
  public void put(String host, HostWindow window) {
    long number = Math.floorDiv(window.startMs(), windowMs);
    long inChunk = Math.floorMod(number, chunk);
    String place = host + SEPARATOR + Math.floorMod(Math.floorDiv(number, chunk), places);
    if (isLarge(window)) {
      place += SEPARATOR + Long.toString(inChunk);
    }
    long chunkMs = window.startMs() - inChunk * windowMs;
    List<HostWindow> windows = new ArrayList<>(chunk);
    List<HostWindow> known = store.get(place);
    if (known != null) {
      for (HostWindow other : known) {
        if (isOf(chunkMs, other) && !isSame(window, other)) {
          windows.add(other);
        }
      }
    }
    windows.add(window);
    store.put(place, windows);
  }

  /** Whether a chunk of such would be too large: then it stands alone. */
  private boolean isLarge(HostWindow window) {
    return ENCODER.serialize("", List.of(window)).length > LIMIT_BYTES / chunk;
  }

  private boolean isOf(long chunkMs, HostWindow window) {
    return window.startMs() >= chunkMs && window.startMs() < chunkMs + chunk * windowMs;
  }

  private static boolean isSame(HostWindow one, HostWindow other) {
    return one.startMs() == other.startMs()
        && one.evidence().bootId().equals(other.evidence().bootId());
  }

  /** A host is no longer known. */
  public void forget(String host) {
    List<String> places = new ArrayList<>();
    try (KeyValueIterator<String, List<HostWindow>> chunks = entries(store, host)) {
      chunks.forEachRemaining(chunk -> places.add(chunk.key));
    }
    places.forEach(store::delete);
  }

  private static KeyValueIterator<String, List<HostWindow>> entries(
      ReadOnlyKeyValueStore<String, List<HostWindow>> store, String host) {
    return store.prefixScan(host + SEPARATOR, new StringSerializer());
  }
}
