package io.netnswatch.detection.evidence;

import io.netnswatch.detection.cause.CpuTime;
import io.netnswatch.schema.CallPath;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.SymbolSamples;
import java.util.ArrayList;
import java.util.List;

/**
 * A call path of a perf slice that runs through a function of concern.
 *
 * @param entry whose it is
 * @param frames innermost first, as recorded
 * @param samples of this path
 */
record SampledPath(SymbolSamples entry, List<String> frames, long samples) {

  /** Those of a slice: nearly always none. */
  static List<SampledPath> through(FunctionSet functions, PerfSample sample) {
    if (!sample.getCallPathsRecorded()) {
      return List.of();
    }
    List<SampledPath> found = new ArrayList<>(0);
    List<SymbolSamples> symbols = sample.getSymbols();
    for (int i = 0; i < symbols.size(); i++) { // by index: this is done for every sample
      List<CallPath> callPaths = symbols.get(i).getCallPaths();
      for (int j = 0; j < callPaths.size(); j++) {
        CallPath path = callPaths.get(j);
        if (holdsOneOf(functions, path.getFrames())) {
          found.add(new SampledPath(symbols.get(i), path.getFrames(), path.getSamples()));
        }
      }
    }
    return found;
  }

  /** Whether it runs through one of these functions, whatever compilers appended to its name. */
  boolean runsThrough(FunctionSet functions) {
    return holdsOneOf(functions, frames);
  }

  /** Whether most samples of these paths are of interrupts on top of the task. */
  static boolean areOfInterrupts(List<SampledPath> paths) {
    long interrupted = 0;
    long all = 0;
    for (SampledPath path : paths) {
      all += path.samples;
      interrupted += CpuTime.isOfInterrupt(path.frames) ? path.samples : 0;
    }
    return 2 * interrupted > all;
  }

  private static boolean holdsOneOf(FunctionSet functions, List<String> frames) {
    for (int i = 0; i < frames.size(); i++) {
      if (functions.hasNameOf(frames.get(i))) {
        return true;
      }
    }
    return false;
  }
}
