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
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes state in the newest format; {@link StateReader} is its mirror. */
final class StateWriter {

  /** Writes a value that is there. */
  private interface Body<T> {
    void write(T value);
  }

  private final StateOutput out;

  StateWriter(StateOutput out) {
    this.out = out;
  }

  void hostState(HostState state) {
    out.writeLong(state.latestEventMs());
    out.writeLong(state.foldedUntilMs());
    out.writeInt(state.openWindows().size());
    for (HostWindow window : state.openWindows()) {
      out.writeLong(window.startMs());
      windowEvidence(window.evidence());
    }
    out.writeLong(state.run().startedAtMs());
    out.writeLong(state.run().sequence());
    out.writeLong(state.run().clockSetAt());
    out.writeLong(state.seen().latestSecond());
    out.writeLong(state.seen().elapsedSeconds());
    nullableString(state.previousBootId());
    nullable(state.boot(), this::boot);
  }

  void windowEvidence(WindowEvidence evidence) {
    out.writeInt(evidence.boots().size());
    for (WindowEvidence.Boot boot : evidence.boots()) {
      windowBoot(boot);
    }
  }

  private void windowBoot(WindowEvidence.Boot boot) {
    out.writeString(boot.bootId());
    out.writeLong(boot.firstEventMs());
    nullableKernel(boot.kernel());
    out.writeBoolean(boot.profiled());
    out.writeBoolean(boot.measured());
    out.writeBoolean(boot.looked());
    list(boot.hotCode(), this::hotCode);
    nullableLong(boot.creationSucceededMs());
    nullableLong(boot.promptCreationMs());
    nullableLong(boot.slowestCreationMs());
    list(boot.slow(), this::slow);
    nullable(boot.creation(), this::creation);
    list(boot.workers(), this::worker);
    list(boot.suspects(), this::suspect);
    list(boot.imbalances(), this::imbalance);
  }

  private void boot(HostState.Boot boot) {
    out.writeString(boot.bootId());
    nullableKernel(boot.kernel());
    nullableLong(boot.creationSucceededMs());
    nullableLong(boot.promptCreationMs());
    nullableLong(boot.profiledMs());
    nullableLong(boot.lookedMs());
    list(boot.workers(), this::worker);
    list(boot.rules(), this::rule);
  }

  private void rule(HostState.Rule rule) {
    out.writeString(rule.ruleId());
    signs(rule.signs());
    nullableLong(rule.completeSinceMs());
    nullable(rule.open(), this::openIncident);
    nullable(rule.last(), this::lastIncident);
  }

  private void signs(HostState.Signs signs) {
    nullable(signs.hot(), this::hotCode);
    nullable(signs.creation(), this::creation);
    list(signs.slow(), this::slow);
    list(signs.imbalances(), this::imbalance);
    nullable(signs.worker(), this::worker);
    nullable(signs.suspect(), this::suspect);
  }

  private void openIncident(HostState.OpenIncident open) {
    out.writeLong(open.startedAtMs());
    out.writeLong(open.detectedAtMs());
    out.writeInt(open.nextStep());
    out.writeLong(open.lastStepMs());
    signs(open.signs());
    said(open.said());
    nullableLong(open.clearSinceMs());
    out.writeInt(open.relapses());
    out.writeBoolean(open.silent());
  }

  private void said(HostState.Said said) {
    out.writeBoolean(said.recovering());
    out.writeBoolean(said.silent());
    out.writeInt(said.missing());
    out.writeInt(said.suspected());
    out.writeInt(said.namespaces());
    out.writeLong(said.ageMs());
  }

  private void lastIncident(HostState.LastIncident last) {
    out.writeLong(last.startedAtMs());
    out.writeLong(last.endedAtMs());
    out.writeInt(last.relapses());
  }

  private void slow(SlowCreation slow) {
    out.writeString(slow.commandId());
    out.writeLong(slow.startedAtMs());
    out.writeLong(slow.observedAtMs());
    nullable(slow.source(), this::source);
  }

  private void suspect(Suspect suspect) {
    out.writeString(suspect.ruleId());
    out.writeInt(suspect.suggestion());
    out.writeInt(suspect.pid());
    out.writeString(suspect.comm());
    out.writeString(suspect.state());
    list(suspect.stack(), out::writeString);
    out.writeLong(suspect.observedAtMs());
    nullable(suspect.source(), this::source);
  }

  private void imbalance(FragmentImbalance imbalance) {
    nullableString(imbalance.netnsName());
    nullableLong(imbalance.netnsInode());
    nullable(imbalance.pid(), out::writeInt);
    out.writeString(imbalance.protocol());
    out.writeLong(imbalance.memoryBytes());
    out.writeLong(imbalance.observedAtMs());
    nullable(imbalance.source(), this::source);
  }

  private void nullableKernel(@Nullable Kernel kernel) {
    out.writeBoolean(kernel != null);
    if (kernel != null) {
      out.writeString(kernel.release());
      nullableString(kernel.version());
    }
  }

  private void hotCode(HotCode hot) {
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

  private void creation(HungCreation creation) {
    out.writeString(creation.origin());
    nullable(creation.pid(), out::writeInt);
    nullableString(creation.comm());
    nullableString(creation.netnsName());
    out.writeLong(creation.startedAtMs());
    out.writeLong(creation.observedAtMs());
    nullableString(creation.state());
    nullableString(creation.wchan());
    list(creation.stack(), out::writeString);
    nullable(creation.source(), this::source);
  }

  private void worker(CleanupWorker worker) {
    out.writeInt(worker.pid());
    out.writeString(worker.comm());
    out.writeString(worker.state());
    nullable(worker.cpuUse(), out::writeDouble);
    out.writeBoolean(worker.inCleanup());
    list(worker.stack(), out::writeString);
    out.writeLong(worker.observedAtMs());
    nullable(worker.source(), this::source);
  }

  private void source(SourceRef source) {
    out.writeString(source.topic());
    out.writeInt(source.partition());
    out.writeLong(source.offset());
  }

  private void nullableLong(@Nullable Long value) {
    out.writeBoolean(value != null);
    if (value != null) {
      out.writeLong(value);
    }
  }

  private void nullableString(@Nullable String value) {
    out.writeBoolean(value != null);
    if (value != null) {
      out.writeString(value);
    }
  }

  private <T> void nullable(@Nullable T value, Body<T> body) {
    out.writeBoolean(value != null);
    if (value != null) {
      body.write(value);
    }
  }

  private <T> void list(List<T> values, Body<T> body) {
    out.writeInt(values.size());
    for (int i = 0; i < values.size(); i++) {
      body.write(values.get(i));
    }
  }
}
