package io.netnswatch.oncall.actors;

import io.netnswatch.oncall.act.ActionOutcome;
import io.netnswatch.oncall.act.ActionStep;

/**
 * Does one kind of thing to a host, and takes it back. Each must be able to tell what it has set
 * itself from what others have: a step is repeated when its outcome got lost, and what is not ours
 * is never taken back.
 */
public interface Actor {

  /** What it does, in a few words. */
  String operation();

  /** Does it. */
  ActionOutcome apply(ActionStep step) throws InterruptedException;

  /** Takes it back, if it is still as it was left. */
  ActionOutcome revert(ActionStep step) throws InterruptedException;
}
