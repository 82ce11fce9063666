package io.netnswatch.console;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Measured values in order, immutable; NaN where nothing was measured. */
public final class Series {

  private final double[] values;

  private Series(double[] values) {
    this.values = values;
  }

  /** A series of these values, which are copied. */
  public static Series of(double... values) {
    return new Series(values.clone());
  }

  /** Number of values. */
  public int length() {
    return values.length;
  }

  /**
   * One value.
   *
   * @throws ArrayIndexOutOfBoundsException if there is none
   */
  public double at(int index) {
    return values[index];
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Series series && Arrays.equals(values, series.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return Arrays.toString(values);
  }
}
