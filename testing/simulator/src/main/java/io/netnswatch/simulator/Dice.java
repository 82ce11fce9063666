package io.netnswatch.simulator;

import java.util.List;

/** SplitMix64 (Steele, Lea, Flood 2014): the same numbers for a seed on every JDK. */
final class Dice {
  private long state;

  Dice(long seed) {
    state = seed;
  }

  /** Dice of their own for a part of what a seed decides. */
  static Dice of(long seed, String part) {
    Dice dice = new Dice(seed);
    for (int i = 0; i < part.length(); i++) {
      dice.state = dice.nextLong() ^ part.charAt(i);
    }
    return dice;
  }

  long nextLong() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** From 0 on, below 1. */
  double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  /** From 0 on, below the bound. */
  int below(int bound) {
    return (int) (nextDouble() * bound);
  }

  /** Between the two, both included. */
  int between(int low, int high) {
    return low + below(high - low + 1);
  }

  boolean chance(double share) {
    return nextDouble() < share;
  }

  <T> T oneOf(List<T> list) {
    return list.get(below(list.size()));
  }

  /** Time to the next of events that come independently. */
  double exponential(double mean) {
    return -StrictMath.log(1 - nextDouble()) * mean;
  }
}
