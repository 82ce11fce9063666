package io.netnswatch.detection.cause;

/** Whether what a cause describes ends by itself. */
public enum Course {
  ENDLESS,
  FINITE,
  /** Either, depending on what holds it up in turn. */
  EITHER
}
