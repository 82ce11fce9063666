package io.netnswatch.oncall.alert;

/** How far the telling of an alert has come. */
public enum Phase {
  /** Being told for the first time: until a trigger is accepted the target may know it or not. */
  TRIGGERING,
  /** The target knows it. */
  TOLD,
  /** Being told that it is over; from here there is no way back. */
  RESOLVING,
  /** The target knows that it is over. */
  ENDED
}
