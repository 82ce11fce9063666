package io.netnswatch.streams.state;

import io.netnswatch.detection.CleanupWorker;
import io.netnswatch.detection.HostState;
import io.netnswatch.detection.HostWindow;
import io.netnswatch.detection.HotCode;
import io.netnswatch.detection.HungCreation;
import io.netnswatch.detection.Kernel;
import io.netnswatch.detection.SourceRef;
import io.netnswatch.detection.WindowEvidence;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads state of every format since the first; {@link StateWriter} is its mirror. */
final class StateReader {

  /** Reads a value that is there. */
  private interface Body<T> {
    T read() throws IOException;
  }

  private final DataInputStream in;

  /**
   * Begins to read.
   *
   * @throws IOException if the format is not known, e.g. written by a newer release
   */
  StateReader(byte[] bytes) throws IOException {
    this.in = new DataInputStream(new ByteArrayInputStream(bytes));
    byte format = in.readByte();
    if (format != StateWriter.FORMAT) {
      throw new IOException("state of format " + format + " was written by another release");
    }
  }

  HostState hostState() throws IOException {
    return new HostState(
        in.readLong(),
        in.readLong(),
        list(this::hostWindow),
        nullable(in::readUTF),
        nullable(this::boot));
  }

  WindowEvidence windowEvidence() throws IOException {
    return new WindowEvidence(list(this::windowBoot));
  }

  private HostWindow hostWindow() throws IOException {
    return new HostWindow(in.readLong(), windowEvidence());
  }

  private WindowEvidence.Boot windowBoot() throws IOException {
    return new WindowEvidence.Boot(
        in.readUTF(),
        in.readLong(),
        nullable(this::kernel),
        in.readBoolean(),
        list(this::hotCode),
        nullable(in::readLong),
        nullable(this::creation),
        nullable(this::worker));
  }

  private HostState.Boot boot() throws IOException {
    return new HostState.Boot(
        in.readUTF(),
        nullable(this::kernel),
        nullable(in::readLong),
        nullable(this::worker),
        list(this::rule));
  }

  private HostState.Rule rule() throws IOException {
    return new HostState.Rule(
        in.readUTF(),
        nullable(this::hotCode),
        nullable(this::creation),
        nullable(in::readLong),
        nullable(this::openIncident));
  }

  private HostState.OpenIncident openIncident() throws IOException {
    return new HostState.OpenIncident(
        in.readLong(), in.readLong(), in.readInt(), hotCode(), creation(), nullable(this::worker));
  }

  private Kernel kernel() throws IOException {
    return new Kernel(in.readUTF(), nullable(in::readUTF));
  }

  private HotCode hotCode() throws IOException {
    return new HotCode(
        in.readUTF(),
        in.readUTF(),
        in.readDouble(),
        in.readLong(),
        in.readUTF(),
        in.readInt(),
        list(in::readUTF),
        in.readLong(),
        nullable(this::source));
  }

  private HungCreation creation() throws IOException {
    return new HungCreation(
        in.readUTF(),
        nullable(in::readInt),
        nullable(in::readUTF),
        nullable(in::readUTF),
        in.readLong(),
        in.readLong(),
        nullable(in::readUTF),
        nullable(in::readUTF),
        list(in::readUTF),
        nullable(this::source));
  }

  private CleanupWorker worker() throws IOException {
    return new CleanupWorker(
        in.readInt(),
        in.readUTF(),
        in.readUTF(),
        nullable(in::readDouble),
        in.readBoolean(),
        list(in::readUTF),
        in.readLong(),
        nullable(this::source));
  }

  private SourceRef source() throws IOException {
    return new SourceRef(in.readUTF(), in.readInt(), in.readLong());
  }

  private <T> @Nullable T nullable(Body<T> body) throws IOException {
    return in.readBoolean() ? body.read() : null;
  }

  private <T> List<T> list(Body<T> body) throws IOException {
    int size = in.readUnsignedShort();
    List<T> values = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      values.add(body.read());
    }
    return values;
  }
}
