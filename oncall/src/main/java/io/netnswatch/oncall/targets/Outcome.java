package io.netnswatch.oncall.targets;

import java.time.Duration;

/** What became of a request. */
public sealed interface Outcome {

  /** It was taken. */
  record Accepted() implements Outcome {}

  /**
   * It can be taken later.
   *
   * @param mayHaveArrived whether it may have been taken all the same
   * @param atLeast how long the target asked to be left alone; zero if it did not
   * @param why in words
   */
  record Later(boolean mayHaveArrived, Duration atLeast, String why) implements Outcome {}

  /**
   * It never will be taken as it is.
   *
   * @param why in words
   */
  record Refused(String why) implements Outcome {}
}
