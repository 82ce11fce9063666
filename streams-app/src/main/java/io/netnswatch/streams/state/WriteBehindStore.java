package io.netnswatch.streams.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.internals.WrappedStateStore;
import org.jspecify.annotations.Nullable;

/**
 * Keeps in memory, decoded, what was put last, and writes what has changed once per commit: to
 * RocksDB, and with the transaction that commits its input to the changelog. However often a value
 * changes between two commits, it is encoded and written once.
 *
 * <p>Kafka Streams flushes it as its own caching stores: {@link #flushCache} is called before a
 * transaction is committed, {@link #clearCache} before a standby task writes past it, and {@link
 * #close} before a task is given up. One thread writes, any may read.
 */
public final class WriteBehindStore<V>
    extends WrappedStateStore<KeyValueStore<String, byte[]>, String, V>
    implements KeyValueStore<String, V> {

  private final Serde<V> serde;
  private final int maxDecoded;
  private final int maxKept;

  /** In the order in which they were put; guarded by itself, as is {@link #changed}. */
  private final Map<String, V> decoded = new LinkedHashMap<>();

  private final Map<String, V> changed = new HashMap<>();

  private WriteBehindStore(
      KeyValueStore<String, byte[]> written, Serde<V> serde, int maxDecoded, int maxKept) {
    super(written);
    this.serde = serde;
    this.maxDecoded = maxDecoded;
    this.maxKept = maxKept;
  }

  /**
   * Of a store with a changelog, on RocksDB.
   *
   * @param maxDecoded at most so many values of a partition are in memory
   * @param maxKept of them stay when they have been written
   */
  public static <V> StoreBuilder<KeyValueStore<String, V>> builder(
      String name, Serde<V> serde, int maxDecoded, int maxKept) {
    return new Builder<>(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(name), Serdes.String(), Serdes.ByteArray()),
        serde,
        maxDecoded,
        maxKept);
  }

  @Override
  public @Nullable V get(String key) {
    synchronized (decoded) {
      V value = decoded.get(key);
      if (value != null) {
        return value;
      }
    }
    return decode(wrapped().get(key));
  }

  @Override
  public void put(String key, @Nullable V value) {
    if (value == null) {
      delete(key);
      return;
    }
    synchronized (decoded) {
      decoded.remove(key);
      decoded.put(key, value);
      changed.put(key, value);
    }
    if (decoded.size() > maxDecoded) {
      forgetEldest();
    }
  }

  @Override
  public @Nullable V putIfAbsent(String key, V value) {
    V known = get(key);
    if (known == null) {
      put(key, value);
    }
    return known;
  }

  @Override
  public void putAll(List<KeyValue<String, V>> entries) {
    entries.forEach(entry -> put(entry.key, entry.value));
  }

  @Override
  public @Nullable V delete(String key) {
    V known = get(key);
    wrapped().delete(key);
    synchronized (decoded) {
      decoded.remove(key);
      changed.remove(key);
    }
    return known;
  }

  /** Nobody who reads may find neither: what is written is forgotten only then. */
  private void forgetEldest() {
    Map.Entry<String, V> eldest = decoded.entrySet().iterator().next();
    if (changed.containsKey(eldest.getKey())) {
      write(eldest.getKey(), eldest.getValue());
    }
    synchronized (decoded) {
      changed.remove(eldest.getKey());
      decoded.remove(eldest.getKey());
    }
  }

  private void write(String key, V value) {
    wrapped().put(key, serde.serializer().serialize(name(), value));
  }

  /** Before the transaction that commits the input is committed. */
  @Override
  public void flushCache() {
    changed.forEach(this::write);
    synchronized (decoded) {
      changed.clear();
      Iterator<String> eldest = decoded.keySet().iterator();
      while (decoded.size() > maxKept) {
        eldest.next();
        eldest.remove();
      }
    }
  }

  /** From now on the store is written to by another way, as a standby. */
  @Override
  public void clearCache() {
    synchronized (decoded) {
      decoded.clear();
      changed.clear();
    }
  }

  /** What was not flushed belongs to a transaction that is not committed either. */
  @Override
  public void close() {
    clearCache();
    super.close();
  }

  /** In no order. */
  @Override
  public KeyValueIterator<String, V> all() {
    return overlaid(key -> true, () -> wrapped().all());
  }

  /** In no order. */
  @Override
  public KeyValueIterator<String, V> range(@Nullable String from, @Nullable String to) {
    return overlaid(
        key -> (from == null || key.compareTo(from) >= 0) && (to == null || key.compareTo(to) <= 0),
        () -> wrapped().range(from, to));
  }

  /** In no order. */
  @Override
  public <PS extends Serializer<P>, P> KeyValueIterator<String, V> prefixScan(
      P prefix, PS serializer) {
    String begin = new String(serializer.serialize(name(), prefix), UTF_8);
    return overlaid(key -> key.startsWith(begin), () -> wrapped().prefixScan(prefix, serializer));
  }

  @Override
  public long approximateNumEntries() {
    return wrapped().approximateNumEntries();
  }

  /** The changed ones are taken first: one that is written meanwhile is met twice, not never. */
  private KeyValueIterator<String, V> overlaid(
      Predicate<String> wanted, Supplier<KeyValueIterator<String, byte[]>> written) {
    Map<String, V> unwritten;
    synchronized (decoded) {
      unwritten = new HashMap<>(changed);
    }
    unwritten.keySet().removeIf(wanted.negate());
    return new Overlay(unwritten, written.get());
  }

  private @Nullable V decode(byte @Nullable [] bytes) {
    return bytes == null ? null : serde.deserializer().deserialize(name(), bytes);
  }

  /** What is not written yet, then what is and has not changed since. */
  private final class Overlay implements KeyValueIterator<String, V> {

    private final Map<String, V> unwritten;
    private final Iterator<Map.Entry<String, V>> first;
    private final KeyValueIterator<String, byte[]> written;
    private @Nullable KeyValue<String, V> next;

    Overlay(Map<String, V> unwritten, KeyValueIterator<String, byte[]> written) {
      this.unwritten = unwritten;
      this.first = unwritten.entrySet().iterator();
      this.written = written;
      this.next = following();
    }

    private @Nullable KeyValue<String, V> following() {
      if (first.hasNext()) {
        Map.Entry<String, V> entry = first.next();
        return new KeyValue<>(entry.getKey(), entry.getValue());
      }
      while (written.hasNext()) {
        KeyValue<String, byte[]> entry = written.next();
        if (!unwritten.containsKey(entry.key)) {
          return new KeyValue<>(entry.key, decode(entry.value));
        }
      }
      return null;
    }

    @Override
    public boolean hasNext() {
      return next != null;
    }

    @Override
    public String peekNextKey() {
      if (next == null) {
        throw new NoSuchElementException();
      }
      return next.key;
    }

    @Override
    public KeyValue<String, V> next() {
      KeyValue<String, V> present = next;
      if (present == null) {
        throw new NoSuchElementException();
      }
      next = following();
      return present;
    }

    @Override
    public void close() {
      written.close();
    }
  }

  /** Builds it around the store that another builder makes. */
  private record Builder<V>(
      StoreBuilder<KeyValueStore<String, byte[]>> written,
      Serde<V> serde,
      int maxDecoded,
      int maxKept)
      implements StoreBuilder<KeyValueStore<String, V>> {

    @Override
    public KeyValueStore<String, V> build() {
      return new WriteBehindStore<>(written.build(), serde, maxDecoded, maxKept);
    }

    @Override
    public StoreBuilder<KeyValueStore<String, V>> withCachingEnabled() {
      throw new UnsupportedOperationException("it is a cache itself");
    }

    @Override
    public StoreBuilder<KeyValueStore<String, V>> withCachingDisabled() {
      return this;
    }

    @Override
    public StoreBuilder<KeyValueStore<String, V>> withLoggingEnabled(Map<String, String> config) {
      written.withLoggingEnabled(config);
      return this;
    }

    @Override
    public StoreBuilder<KeyValueStore<String, V>> withLoggingDisabled() {
      written.withLoggingDisabled();
      return this;
    }

    @Override
    public Map<String, String> logConfig() {
      return written.logConfig();
    }

    @Override
    public boolean loggingEnabled() {
      return written.loggingEnabled();
    }

    @Override
    public String name() {
      return written.name();
    }
  }
}
