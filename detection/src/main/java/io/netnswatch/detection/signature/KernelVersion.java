package io.netnswatch.detection.signature;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The upstream version at the head of a kernel release: 4.15.1 of {@code 4.15.1-netns}. */
public record KernelVersion(int major, int minor, int patch) implements Comparable<KernelVersion> {

  private static final Pattern LEADING =
      Pattern.compile("^(\\d{1,4})\\.(\\d{1,4})(?:\\.(\\d{1,5}))?");

  private static final Comparator<KernelVersion> ORDER =
      Comparator.comparingInt(KernelVersion::major)
          .thenComparingInt(KernelVersion::minor)
          .thenComparingInt(KernelVersion::patch);

  /** The version a release begins with; null if it begins with none. */
  public static @Nullable KernelVersion of(String release) {
    Matcher matcher = LEADING.matcher(release);
    if (!matcher.find()) {
      return null;
    }
    String patch = matcher.group(3);
    return new KernelVersion(
        Integer.parseInt(matcher.group(1)),
        Integer.parseInt(matcher.group(2)),
        patch == null ? 0 : Integer.parseInt(patch));
  }

  /** As in a file. */
  @JsonCreator
  static KernelVersion parse(String text) {
    KernelVersion version = of(text);
    if (version == null) {
      throw new IllegalArgumentException("no version: " + text);
    }
    return version;
  }

  /** The series it belongs to: 4.15. */
  public String series() {
    return major + "." + minor;
  }

  @Override
  @JsonValue
  public String toString() {
    return patch == 0 ? series() : series() + "." + patch;
  }

  @Override
  public int compareTo(KernelVersion other) {
    return ORDER.compare(this, other);
  }
}
