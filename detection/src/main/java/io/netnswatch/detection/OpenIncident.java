package io.netnswatch.detection;

import org.jspecify.annotations.Nullable;

/**
 * An incident that has been reported and not yet resolved.
 *
 * @param labels what it needs of its signature to be resolved without it
 * @param startedAtMs begin of the episode, epoch milliseconds; part of the incident key
 * @param detectedAtMs end of the window that opened it
 * @param nextStep number of its next lifecycle step
 * @param updateFromMs event time from which on it is asked whether there is more to say
 * @param conditions what speaks for it
 * @param reported what its last lifecycle step said
 * @param clearSinceMs since when its conditions have been gone; null if they hold
 * @param relapses how often it came back before it was resolved
 * @param silent whether the host is silent
 */
public record OpenIncident(
    SignatureLabels labels,
    long startedAtMs,
    long detectedAtMs,
    int nextStep,
    long updateFromMs,
    ConditionState conditions,
    Reported reported,
    @Nullable Long clearSinceMs,
    int relapses,
    boolean silent) {

  /** At most one update a minute. */
  private static final long UPDATE_EVERY_MS = 60_000;

  /** To find out whether there is more to say takes a whole diagnosis. */
  private static final long ASKED_EVERY_MS = 10_000;

  /** Why a relapse too many does not lengthen the hold time further: eight times is enough. */
  private static final int MAX_RELAPSES = 3;

  /** An incident that is about to be reported for the first time. */
  static OpenIncident beginning(
      SignatureLabels labels,
      long startedAtMs,
      long nowMs,
      ConditionState conditions,
      @Nullable LastIncident last) {
    int relapses = last == null ? 0 : Math.min(last.relapses() + 1, MAX_RELAPSES);
    return new OpenIncident(
        labels, startedAtMs, nowMs, 0, nowMs, conditions, Reported.NOTHING, null, relapses, false);
  }

  /** Its conditions hold, or hold again. */
  OpenIncident holding(ConditionState now) {
    int comeBack = clearSinceMs == null ? relapses : Math.min(relapses + 1, MAX_RELAPSES);
    return new OpenIncident(
        labels,
        startedAtMs,
        detectedAtMs,
        nextStep,
        updateFromMs,
        now,
        reported,
        null,
        comeBack,
        false);
  }

  /** Its conditions are gone; since now, if they have not been gone before. */
  OpenIncident clear(long nowMs) {
    Long sinceMs = clearSinceMs == null ? Long.valueOf(nowMs) : clearSinceMs;
    return new OpenIncident(
        labels,
        startedAtMs,
        detectedAtMs,
        nextStep,
        updateFromMs,
        conditions,
        reported,
        sinceMs,
        relapses,
        false);
  }

  OpenIncident withSilence() {
    return new OpenIncident(
        labels,
        startedAtMs,
        detectedAtMs,
        nextStep,
        updateFromMs,
        conditions,
        reported,
        clearSinceMs,
        relapses,
        true);
  }

  /** After a lifecycle step that said this. */
  OpenIncident withStep(Reported step, long atMs) {
    return new OpenIncident(
        labels,
        startedAtMs,
        detectedAtMs,
        nextStep + 1,
        atMs + UPDATE_EVERY_MS,
        conditions,
        step,
        clearSinceMs,
        relapses,
        silent);
  }

  /** There was nothing more to say. */
  OpenIncident withoutNews(long nowMs) {
    return new OpenIncident(
        labels,
        startedAtMs,
        detectedAtMs,
        nextStep,
        nowMs + ASKED_EVERY_MS,
        conditions,
        reported,
        clearSinceMs,
        relapses,
        silent);
  }

  /** After the host's clock was set. */
  OpenIncident inTimeOf(long timeMs) {
    return new OpenIncident(
        labels,
        startedAtMs,
        detectedAtMs,
        nextStep,
        Math.min(updateFromMs, timeMs + UPDATE_EVERY_MS),
        conditions,
        reported,
        null,
        relapses,
        silent);
  }

  /** How long health must last before it is resolved: the longer, the more often it came back. */
  long holdMs(long resolveAfterMs) {
    return resolveAfterMs << relapses;
  }
}
