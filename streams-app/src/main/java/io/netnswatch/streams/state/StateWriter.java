package io.netnswatch.streams.state;

import io.netnswatch.detection.CleanupWorker;
import io.netnswatch.detection.HostState;
import io.netnswatch.detection.HostWindow;
import io.netnswatch.detection.HotCode;
import io.netnswatch.detection.HungCreation;
import io.netnswatch.detection.Kernel;
import io.netnswatch.detection.SourceRef;
import io.netnswatch.detection.WindowEvidence;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes state in the newest format; {@link StateReader} is its mirror. */
final class StateWriter {

  static final byte FORMAT = 1;

  /** Writes a value that is there. */
  private interface Body<T> {
    void write(T value) throws IOException;
  }

  private final DataOutputStream out;

  StateWriter(OutputStream out) {
    this.out = new DataOutputStream(out);
  }

  void hostState(HostState state) throws IOException {
    out.writeByte(FORMAT);
    out.writeLong(state.latestEventMs());
    out.writeLong(state.foldedUntilMs());
    list(state.openWindows(), this::hostWindow);
    nullable(state.previousBootId(), out::writeUTF);
    nullable(state.boot(), this::boot);
  }

  void windowEvidence(WindowEvidence evidence) throws IOException {
    out.writeByte(FORMAT);
    list(evidence.boots(), this::windowBoot);
  }

  private void hostWindow(HostWindow window) throws IOException {
    out.writeLong(window.startMs());
    list(window.evidence().boots(), this::windowBoot);
  }

  private void windowBoot(WindowEvidence.Boot boot) throws IOException {
    out.writeUTF(boot.bootId());
    out.writeLong(boot.firstEventMs());
    nullable(boot.kernel(), this::kernel);
    out.writeBoolean(boot.profiled());
    list(boot.hotCode(), this::hotCode);
    nullable(boot.creationSucceededMs(), out::writeLong);
    nullable(boot.creation(), this::creation);
    nullable(boot.worker(), this::worker);
  }

  private void boot(HostState.Boot boot) throws IOException {
    out.writeUTF(boot.bootId());
    nullable(boot.kernel(), this::kernel);
    nullable(boot.creationSucceededMs(), out::writeLong);
    nullable(boot.worker(), this::worker);
    list(boot.rules(), this::rule);
  }

  private void rule(HostState.Rule rule) throws IOException {
    out.writeUTF(rule.ruleId());
    nullable(rule.hot(), this::hotCode);
    nullable(rule.creation(), this::creation);
    nullable(rule.clearSinceMs(), out::writeLong);
    nullable(rule.open(), this::openIncident);
  }

  private void openIncident(HostState.OpenIncident open) throws IOException {
    out.writeLong(open.startedAtMs());
    out.writeLong(open.detectedAtMs());
    out.writeInt(open.nextStep());
    hotCode(open.hot());
    creation(open.creation());
    nullable(open.worker(), this::worker);
  }

  private void kernel(Kernel kernel) throws IOException {
    out.writeUTF(kernel.release());
    nullable(kernel.version(), out::writeUTF);
  }

  private void hotCode(HotCode hot) throws IOException {
    out.writeUTF(hot.ruleId());
    out.writeUTF(hot.symbol());
    out.writeDouble(hot.cpus());
    out.writeLong(hot.samples());
    out.writeUTF(hot.comm());
    out.writeInt(hot.pid());
    list(hot.callPath(), out::writeUTF);
    out.writeLong(hot.observedAtMs());
    nullable(hot.source(), this::source);
  }

  private void creation(HungCreation creation) throws IOException {
    out.writeUTF(creation.origin());
    nullable(creation.pid(), out::writeInt);
    nullable(creation.comm(), out::writeUTF);
    nullable(creation.netnsName(), out::writeUTF);
    out.writeLong(creation.startedAtMs());
    out.writeLong(creation.observedAtMs());
    nullable(creation.state(), out::writeUTF);
    nullable(creation.wchan(), out::writeUTF);
    list(creation.stack(), out::writeUTF);
    nullable(creation.source(), this::source);
  }

  private void worker(CleanupWorker worker) throws IOException {
    out.writeInt(worker.pid());
    out.writeUTF(worker.comm());
    out.writeUTF(worker.state());
    nullable(worker.cpuUse(), out::writeDouble);
    out.writeBoolean(worker.inCleanup());
    list(worker.stack(), out::writeUTF);
    out.writeLong(worker.observedAtMs());
    nullable(worker.source(), this::source);
  }

  private void source(SourceRef source) throws IOException {
    out.writeUTF(source.topic());
    out.writeInt(source.partition());
    out.writeLong(source.offset());
  }

  private <T> void nullable(@Nullable T value, Body<T> body) throws IOException {
    out.writeBoolean(value != null);
    if (value != null) {
      body.write(value);
    }
  }

  private <T> void list(List<T> values, Body<T> body) throws IOException {
    out.writeShort(values.size());
    for (T value : values) {
      body.write(value);
    }
  }
}
