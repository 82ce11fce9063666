package io.netnswatch.oncall.alert;

/** What a delivery does, the more urgent first. */
public enum Action {
  /** The target hears of the alert for the first time. */
  TRIGGER,
  /** It is over. */
  RESOLVE,
  /** Something about it has changed. */
  UPDATE,
  /** Nothing has changed, but the target forgets what it is not reminded of. */
  REPEAT
}
