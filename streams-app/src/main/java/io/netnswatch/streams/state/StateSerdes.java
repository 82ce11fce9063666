package io.netnswatch.streams.state;

import io.netnswatch.detection.HostState;
import io.netnswatch.detection.HostWindow;
import io.netnswatch.streams.state.StateFields.Layout;
import java.io.IOException;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** Serdes of the values in the stores; stateless, so that stream threads may share them. */
public final class StateSerdes {

  private StateSerdes() {}

  /** {@link HostState} by host. */
  public static Serde<HostState> hostState() {
    return serde(StateLayouts.HOST_STATE);
  }

  /** Closed windows that follow each other, see {@link WindowHistory}. */
  public static Serde<List<HostWindow>> hostWindows() {
    return serde(StateLayouts.HOST_WINDOWS);
  }

  private static <T> Serde<T> serde(Layout<T> layout) {
    return Serdes.serdeFrom(
        (topic, value) -> value == null ? null : bytes(topic, layout, value),
        (topic, bytes) -> bytes == null ? null : value(topic, layout, bytes));
  }

  private static <T> byte[] bytes(String topic, Layout<T> layout, T value) {
    StateOutput out = new StateOutput();
    try {
      layout.of(out, value);
    } catch (IOException e) {
      throw new SerializationException("state of " + topic + ": " + e.getMessage(), e);
    }
    return out.toByteArray();
  }

  private static <T> T value(String topic, Layout<T> layout, byte[] bytes) {
    try {
      StateInput in = new StateInput(bytes);
      T value = layout.of(in, null);
      in.requireEnd();
      return value;
    } catch (IOException | AvroRuntimeException | IllegalArgumentException e) {
      throw new SerializationException("state of " + topic + ": " + e.getMessage(), e);
    }
  }
}
