package io.netnswatch.detection;

import org.jspecify.annotations.Nullable;

/**
 * How a signature stands on a host. A condition once seen stays until evidence of health clears it:
 * a missing source is not good news.
 *
 * @param signatureId signature
 * @param conditions what speaks for it now
 * @param completeSinceMs since when all conditions have held; null if they do not
 * @param open the open incident; null if none
 * @param last the incident before; null if none of late
 */
public record SignatureState(
    String signatureId,
    ConditionState conditions,
    @Nullable Long completeSinceMs,
    @Nullable OpenIncident open,
    @Nullable LastIncident last) {

  static SignatureState quiet(String signatureId) {
    return new SignatureState(signatureId, ConditionState.NONE, null, null, null);
  }

  boolean isQuiet() {
    return conditions.equals(ConditionState.NONE) && open == null && last == null;
  }

  SignatureState withConditions(ConditionState now) {
    return new SignatureState(signatureId, now, completeSinceMs, open, last);
  }

  SignatureState withCompleteSince(@Nullable Long sinceMs) {
    return new SignatureState(signatureId, conditions, sinceMs, open, last);
  }

  SignatureState withoutLast() {
    return new SignatureState(signatureId, conditions, completeSinceMs, open, null);
  }

  /** With its open incident, as it is now. */
  SignatureState withOpen(OpenIncident incident) {
    return new SignatureState(signatureId, conditions, completeSinceMs, incident, last);
  }

  /** Its incident has been resolved. */
  SignatureState resolved(LastIncident ended) {
    return new SignatureState(signatureId, conditions, null, null, ended);
  }

  /** After the host's clock was set: nothing is known but the open incident. */
  SignatureState inTimeOf(long timeMs) {
    return new SignatureState(
        signatureId, ConditionState.NONE, null, open == null ? null : open.inTimeOf(timeMs), null);
  }
}
