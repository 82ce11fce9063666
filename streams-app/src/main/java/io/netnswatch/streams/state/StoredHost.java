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
 */
public record StoredHost(HostState state, int partition, long perfSample, long procSnapshot) {

  /** No offset. */
  public static final long NONE = -1;

  private static final int PLACES_BYTES = Integer.BYTES + 2 * Long.BYTES;

  /** The state's own form, and behind it the places. */
  public static Serde<StoredHost> serde(int maxBytes) {
    Serde<HostState> states = StateSerdes.hostState();
    return Serdes.serdeFrom(
        (topic, host) -> {
          byte[] state = states.serializer().serialize(topic, host.state());
          if (state.length > maxBytes) {
            throw new StateTooLargeException(state.length, maxBytes);
          }
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
              states.deserializer().deserialize(topic, Arrays.copyOf(bytes, length)),
              places.getInt(),
              places.getLong(),
              places.getLong());
        });
  }
}
