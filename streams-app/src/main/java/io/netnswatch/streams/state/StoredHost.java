package io.netnswatch.streams.state;

import io.netnswatch.detection.HostState;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * What is kept of a host: its state, and where its newest sample and snapshot stand, so that they
 * can be read whole without being stored twice. Both move together, to whichever instance has the
 * host.
 *
 * @param state what is remembered of it
 * @param partition of all its records
 * @param perfSample offset of its newest perf sample; {@link #NONE} if there was none
 * @param procSnapshot offset of its newest snapshot; {@link #NONE} if there was none
 * @param maxBytes its state takes at most so many bytes, encoded
 */
public record StoredHost(
    HostState state, int partition, long perfSample, long procSnapshot, int maxBytes) {

  /** No offset. */
  public static final long NONE = -1;

  /** Of a state, encoded. Three hundred are usual, and brokers take a megabyte. */
  private static final int LIMIT_BYTES = 512 << 10;

  /** Far enough below the limit that a bound may be wrong by a factor of four. */
  private static final int LARGE_BYTES = LIMIT_BYTES / 4;

  /** What a state may take up of a record, for each of its bytes. */
  private static final int GROWTH = 2;

  /** What a state may take up besides, as the words of an incident that opens. */
  private static final int GROWTH_BYTES = 1 << 10;

  private static final int PLACES_BYTES = Integer.BYTES + 2 * Long.BYTES;

  private static final Serde<HostState> STATES = StateSerdes.hostState();

  /** What a state that takes that many bytes at most may take with one more record. */
  public static int maxBytes(int before, int recordBytes) {
    return before + GROWTH * recordBytes + GROWTH_BYTES;
  }

  /**
   * Itself, with as many bytes as it really takes if they could be many: to encode each state with
   * each record would cost more than to judge it.
   *
   * @throws StateTooLargeException if it takes more than may be
   */
  public StoredHost measured() {
    if (maxBytes <= LARGE_BYTES) {
      return this;
    }
    int bytes = STATES.serializer().serialize("", state).length;
    if (bytes > LIMIT_BYTES) {
      throw new StateTooLargeException(bytes, LIMIT_BYTES);
    }
    return new StoredHost(state, partition, perfSample, procSnapshot, bytes);
  }

  /** The state's own form, and behind it the places. */
  public static Serde<StoredHost> serde() {
    return Serdes.serdeFrom(
        (topic, host) -> {
          byte[] state = STATES.serializer().serialize(topic, host.state());
          return ByteBuffer.allocate(state.length + PLACES_BYTES)
              .put(state)
              .putInt(host.partition())
              .putLong(host.perfSample())
              .putLong(host.procSnapshot())
              .array();
        },
        (topic, bytes) -> {
          int length = bytes.length - PLACES_BYTES;
          ByteBuffer places = ByteBuffer.wrap(bytes, length, PLACES_BYTES);
          return new StoredHost(
              STATES.deserializer().deserialize(topic, Arrays.copyOf(bytes, length)),
              places.getInt(),
              places.getLong(),
              places.getLong(),
              length);
        });
  }
}
