package io.netnswatch.streams.state;

import io.netnswatch.detection.HostState;
import io.netnswatch.detection.evidence.WindowEvidence;
import java.io.IOException;
import org.apache.avro.AvroRuntimeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** Serdes of the values in the stores; stateless, so that stream threads may share them. */
public final class StateSerdes {

  private StateSerdes() {}

  /** {@link HostState} by host. */
  public static Serde<HostState> hostState() {
    return serde(StateWriter::hostState, StateReader::hostState);
  }

  /** {@link WindowEvidence} by host and window. */
  public static Serde<WindowEvidence> windowEvidence() {
    return serde(StateWriter::windowEvidence, StateReader::windowEvidence);
  }

  private interface Write<T> {
    void write(StateWriter writer, T value);
  }

  private interface Read<T> {
    T read(StateReader reader) throws IOException;
  }

  private static <T> Serde<T> serde(Write<T> write, Read<T> read) {
    return Serdes.serdeFrom(
        (topic, value) -> value == null ? null : bytes(write, value),
        (topic, bytes) -> bytes == null ? null : value(topic, read, bytes));
  }

  private static <T> byte[] bytes(Write<T> write, T value) {
    StateOutput out = new StateOutput();
    write.write(new StateWriter(out), value);
    return out.toByteArray();
  }

  private static <T> T value(String topic, Read<T> read, byte[] bytes) {
    try {
      return read.read(new StateReader(StateInput.of(bytes)));
    } catch (IOException | AvroRuntimeException e) {
      throw new SerializationException("state of " + topic + ": " + e.getMessage(), e);
    }
  }
}
