package io.netnswatch.oncall.act;

/** What an action is allowed to do. */
public enum ActionMode {
  /** Nothing: it writes down what it would do. */
  DRY_RUN,
  /** What the policy says. */
  ACT,
  /** It takes back what it has set, and sets nothing new: to be used before it is removed. */
  UNDO
}
