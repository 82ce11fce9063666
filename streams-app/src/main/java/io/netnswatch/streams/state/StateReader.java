package io.netnswatch.streams.state;

import io.netnswatch.detection.HostState;
import io.netnswatch.detection.HostWindow;
import io.netnswatch.detection.PartitionClock;
import io.netnswatch.detection.evidence.CleanupWorker;
import io.netnswatch.detection.evidence.FragmentImbalance;
import io.netnswatch.detection.evidence.HotCode;
import io.netnswatch.detection.evidence.HungCreation;
import io.netnswatch.detection.evidence.SlowCreation;
import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.detection.evidence.Suspect;
import io.netnswatch.detection.evidence.WindowEvidence;
import io.netnswatch.detection.signature.Kernel;
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

  /** The first format that keeps the slowest creation of a window. */
  private static final int WITH_SLOWEST_CREATION = 3;

  private final StateInput in;

  StateReader(StateInput in) {
    this.in = in;
  }

  HostState hostState() throws IOException {
    return new HostState(
        in.readLong(),
        in.readLong(),
        list(this::hostWindow),
        new HostState.CollectorRun(in.readLong(), in.readLong(), in.readLong()),
        new PartitionClock(in.readLong(), in.readLong()),
        nullable(in::readString),
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
        in.readString(),
        in.readLong(),
        nullable(this::kernel),
        in.readBoolean(),
        in.readBoolean(),
        in.readBoolean(),
        list(this::hotCode),
        nullable(in::readLong),
        nullable(in::readLong),
        in.format() < WITH_SLOWEST_CREATION ? null : nullable(in::readLong),
        list(this::slow),
        nullable(this::creation),
        list(this::worker),
        list(this::suspect),
        list(this::imbalance));
  }

  private HostState.Boot boot() throws IOException {
    return new HostState.Boot(
        in.readString(),
        nullable(this::kernel),
        nullable(in::readLong),
        nullable(in::readLong),
        nullable(in::readLong),
        nullable(in::readLong),
        list(this::worker),
        list(this::rule));
  }

  private HostState.Rule rule() throws IOException {
    return new HostState.Rule(
        in.readString(),
        signs(),
        nullable(in::readLong),
        nullable(this::openIncident),
        nullable(this::lastIncident));
  }

  private HostState.Signs signs() throws IOException {
    return new HostState.Signs(
        nullable(this::hotCode),
        nullable(this::creation),
        list(this::slow),
        list(this::imbalance),
        nullable(this::worker),
        nullable(this::suspect));
  }

  private HostState.OpenIncident openIncident() throws IOException {
    return new HostState.OpenIncident(
        in.readLong(),
        in.readLong(),
        in.readInt(),
        in.readLong(),
        signs(),
        said(),
        nullable(in::readLong),
        in.readInt(),
        in.readBoolean());
  }

  private HostState.Said said() throws IOException {
    return new HostState.Said(
        in.readBoolean(),
        in.readBoolean(),
        in.readInt(),
        in.readInt(),
        in.readInt(),
        in.readLong());
  }

  private HostState.LastIncident lastIncident() throws IOException {
    return new HostState.LastIncident(in.readLong(), in.readLong(), in.readInt());
  }

  private SlowCreation slow() throws IOException {
    return new SlowCreation(in.readString(), in.readLong(), in.readLong(), nullable(this::source));
  }

  private Suspect suspect() throws IOException {
    return new Suspect(
        in.readString(),
        in.readInt(),
        in.readInt(),
        in.readString(),
        in.readString(),
        list(in::readString),
        in.readLong(),
        nullable(this::source));
  }

  private FragmentImbalance imbalance() throws IOException {
    return new FragmentImbalance(
        nullable(in::readString),
        nullable(in::readLong),
        nullable(in::readInt),
        in.readString(),
        in.readLong(),
        in.readLong(),
        nullable(this::source));
  }

  private Kernel kernel() throws IOException {
    return new Kernel(in.readString(), nullable(in::readString));
  }

  private HotCode hotCode() throws IOException {
    return new HotCode(
        in.readString(),
        HotCode.Origin.valueOf(in.readString()),
        in.readString(),
        in.readDouble(),
        in.readLong(),
        in.readString(),
        in.readInt(),
        list(in::readString),
        in.readLong(),
        nullable(this::source));
  }

  private HungCreation creation() throws IOException {
    return new HungCreation(
        in.readString(),
        nullable(in::readInt),
        nullable(in::readString),
        nullable(in::readString),
        in.readLong(),
        in.readLong(),
        nullable(in::readString),
        nullable(in::readString),
        list(in::readString),
        nullable(this::source));
  }

  private CleanupWorker worker() throws IOException {
    return new CleanupWorker(
        in.readInt(),
        in.readString(),
        in.readString(),
        nullable(in::readDouble),
        in.readBoolean(),
        list(in::readString),
        in.readLong(),
        nullable(this::source));
  }

  private SourceRef source() throws IOException {
    return new SourceRef(in.readString(), in.readInt(), in.readLong());
  }

  private <T> @Nullable T nullable(Body<T> body) throws IOException {
    return in.readBoolean() ? body.read() : null;
  }

  private <T> List<T> list(Body<T> body) throws IOException {
    int size = in.readSize();
    List<T> values = new ArrayList<>(Math.min(size, 16));
    for (int i = 0; i < size; i++) {
      values.add(body.read());
    }
    return values;
  }
}
