package io.netnswatch.oncall.act;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of a step. */
public sealed interface ActionOutcome {

  /**
   * It is done.
   *
   * @param toUndo what was set and is ours to take back; empty after it was taken back
   * @param note what else is to be said, e.g. what somebody else had done before; null for nothing
   */
  record Done(List<String> toUndo, @Nullable String note) implements ActionOutcome {

    public Done {
      toUndo = List.copyOf(toUndo);
    }
  }

  /**
   * It is as it should be, and that is not our doing: somebody else had done it, or has taken it
   * back.
   *
   * @param why in words
   */
  record NotOurs(String why) implements ActionOutcome {}

  /**
   * It can't be done now.
   *
   * @param atLeast how long to wait; zero if nobody said
   * @param why in words
   */
  record Later(Duration atLeast, String why) implements ActionOutcome {}

  /**
   * It can't be done as it is, e.g. there is no such host.
   *
   * @param why in words
   */
  record Refused(String why) implements ActionOutcome {}
}
