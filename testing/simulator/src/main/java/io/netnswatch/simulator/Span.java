package io.netnswatch.simulator;

/** From the least to the greatest that was seen. */
record Span(double low, double high) {

  /** Anything in between is as likely. */
  double uniform(Dice dice) {
    return low + dice.nextDouble() * (high - low);
  }

  /** Low values are likelier: so it is with durations. */
  double skewed(Dice dice) {
    return low * StrictMath.exp(dice.nextDouble() * StrictMath.log(high / low));
  }
}
