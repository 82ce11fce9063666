package io.netnswatch.streams.state;

import io.netnswatch.detection.HostState;
import io.netnswatch.detection.HostWindow;
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
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes state in the newest format; {@link StateReader} is its mirror. */
final class StateWriter {

  /** Writes a value that is there. */
  private interface Body<T> {
    void write(T value) throws IOException;
  }

  private final StateOutput out;

  StateWriter(StateOutput out) {
    this.out = out;
  }

  void hostState(HostState state) throws IOException {
    out.writeLong(state.latestEventMs());
    out.writeLong(state.foldedUntilMs());
    list(state.openWindows(), this::hostWindow);
    out.writeLong(state.run().startedAtMs());
    out.writeLong(state.run().sequence());
    out.writeLong(state.run().clockSetAt());
    out.writeLong(state.seen().latestSecond());
    out.writeLong(state.seen().elapsedSeconds());
    nullable(state.previousBootId(), out::writeString);
    nullable(state.boot(), this::boot);
  }

  void windowEvidence(WindowEvidence evidence) throws IOException {
    list(evidence.boots(), this::windowBoot);
  }

  private void hostWindow(HostWindow window) throws IOException {
    out.writeLong(window.startMs());
    list(window.evidence().boots(), this::windowBoot);
  }

  private void windowBoot(WindowEvidence.Boot boot) throws IOException {
    out.writeString(boot.bootId());
    out.writeLong(boot.firstEventMs());
    nullable(boot.kernel(), this::kernel);
    out.writeBoolean(boot.profiled());
    out.writeBoolean(boot.measured());
    out.writeBoolean(boot.looked());
    list(boot.hotCode(), this::hotCode);
    nullable(boot.creationSucceededMs(), out::writeLong);
    nullable(boot.promptCreationMs(), out::writeLong);
    nullable(boot.slowestCreationMs(), out::writeLong);
    list(boot.slow(), this::slow);
    nullable(boot.creation(), this::creation);
    list(boot.workers(), this::worker);
    list(boot.suspects(), this::suspect);
    list(boot.imbalances(), this::imbalance);
  }

  private void boot(HostState.Boot boot) throws IOException {
    out.writeString(boot.bootId());
    nullable(boot.kernel(), this::kernel);
    nullable(boot.creationSucceededMs(), out::writeLong);
    nullable(boot.promptCreationMs(), out::writeLong);
    nullable(boot.profiledMs(), out::writeLong);
    nullable(boot.lookedMs(), out::writeLong);
    list(boot.workers(), this::worker);
    list(boot.rules(), this::rule);
  }

  private void rule(HostState.Rule rule) throws IOException {
    out.writeString(rule.ruleId());
    signs(rule.signs());
    nullable(rule.completeSinceMs(), out::writeLong);
    nullable(rule.open(), this::openIncident);
    nullable(rule.last(), this::lastIncident);
  }

  private void signs(HostState.Signs signs) throws IOException {
    nullable(signs.hot(), this::hotCode);
    nullable(signs.creation(), this::creation);
    list(signs.slow(), this::slow);
    list(signs.imbalances(), this::imbalance);
    nullable(signs.worker(), this::worker);
    nullable(signs.suspect(), this::suspect);
  }

  private void openIncident(HostState.OpenIncident open) throws IOException {
    out.writeLong(open.startedAtMs());
    out.writeLong(open.detectedAtMs());
    out.writeInt(open.nextStep());
    out.writeLong(open.lastStepMs());
    signs(open.signs());
    said(open.said());
    nullable(open.clearSinceMs(), out::writeLong);
    out.writeInt(open.relapses());
    out.writeBoolean(open.silent());
  }

  private void said(HostState.Said said) throws IOException {
    out.writeBoolean(said.recovering());
    out.writeBoolean(said.silent());
    out.writeInt(said.missing());
    out.writeInt(said.suspected());
    out.writeInt(said.namespaces());
    out.writeLong(said.ageMs());
  }

  private void lastIncident(HostState.LastIncident last) throws IOException {
    out.writeLong(last.startedAtMs());
    out.writeLong(last.endedAtMs());
    out.writeInt(last.relapses());
  }

  private void slow(SlowCreation slow) throws IOException {
    out.writeString(slow.commandId());
    out.writeLong(slow.startedAtMs());
    out.writeLong(slow.observedAtMs());
    nullable(slow.source(), this::source);
  }

  private void suspect(Suspect suspect) throws IOException {
    out.writeString(suspect.ruleId());
    out.writeInt(suspect.suggestion());
    out.writeInt(suspect.pid());
    out.writeString(suspect.comm());
    out.writeString(suspect.state());
    list(suspect.stack(), out::writeString);
    out.writeLong(suspect.observedAtMs());
    nullable(suspect.source(), this::source);
  }

  private void imbalance(FragmentImbalance imbalance) throws IOException {
    nullable(imbalance.netnsName(), out::writeString);
    nullable(imbalance.netnsInode(), out::writeLong);
    nullable(imbalance.pid(), out::writeInt);
    out.writeString(imbalance.protocol());
    out.writeLong(imbalance.memoryBytes());
    out.writeLong(imbalance.observedAtMs());
    nullable(imbalance.source(), this::source);
  }

  private void kernel(Kernel kernel) throws IOException {
    out.writeString(kernel.release());
    nullable(kernel.version(), out::writeString);
  }

  private void hotCode(HotCode hot) throws IOException {
    out.writeString(hot.ruleId());
    out.writeString(hot.origin().name());
    out.writeString(hot.symbol());
    out.writeDouble(hot.cpus());
    out.writeLong(hot.samples());
    out.writeString(hot.comm());
    out.writeInt(hot.pid());
    list(hot.callPath(), out::writeString);
    out.writeLong(hot.observedAtMs());
    nullable(hot.source(), this::source);
  }

  private void creation(HungCreation creation) throws IOException {
    out.writeString(creation.origin());
    nullable(creation.pid(), out::writeInt);
    nullable(creation.comm(), out::writeString);
    nullable(creation.netnsName(), out::writeString);
    out.writeLong(creation.startedAtMs());
    out.writeLong(creation.observedAtMs());
    nullable(creation.state(), out::writeString);
    nullable(creation.wchan(), out::writeString);
    list(creation.stack(), out::writeString);
    nullable(creation.source(), this::source);
  }

  private void worker(CleanupWorker worker) throws IOException {
    out.writeInt(worker.pid());
    out.writeString(worker.comm());
    out.writeString(worker.state());
    nullable(worker.cpuUse(), out::writeDouble);
    out.writeBoolean(worker.inCleanup());
    list(worker.stack(), out::writeString);
    out.writeLong(worker.observedAtMs());
    nullable(worker.source(), this::source);
  }

  private void source(SourceRef source) throws IOException {
    out.writeString(source.topic());
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
    out.writeInt(values.size());
    for (T value : values) {
      body.write(value);
    }
  }
}
