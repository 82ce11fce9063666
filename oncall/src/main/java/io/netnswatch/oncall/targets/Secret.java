package io.netnswatch.oncall.targets;

import org.jspecify.annotations.Nullable;

/** A value that nobody is to see: it masks itself wherever it is printed. */
public final class Secret {

  /** What is shown in its place. */
  public static final String MASK = "********";

  private final String value;

  public Secret(String value) {
    this.value = value;
  }

  /** The value itself: for the one place that must send it. */
  public String reveal() {
    return value;
  }

  /**
   * Whether a header of HTTP can carry it: visible characters, blanks and tabs (RFC 9110, 5.5). A
   * file's line break is what is found most.
   */
  public boolean fitsInHeader() {
    return value.chars().allMatch(it -> it == '\t' || (it >= ' ' && it < 0x7f));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Secret secret && secret.value.equals(value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return MASK;
  }
}
