package io.netnswatch.collector.bundle;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * {@code manifest.json} of a bundle; what is not used here is ignored.
 *
 * @param format must be {@value #FORMAT}
 * @param host name of the recorded host
 * @param kernelRelease uname -r
 * @param kernelVersion /proc/version
 * @param cpus online CPUs
 * @param recordedBootId boot id; null if it was not recorded
 * @param bootTimeSeconds when it was booted, epoch seconds
 * @param startedAtMs begin of the recording, epoch milliseconds
 * @param endedAtMs its end, epoch milliseconds
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Manifest(
    @JsonProperty(required = true) String format,
    @JsonProperty(required = true) String host,
    @JsonProperty(value = "kernel_release", required = true) String kernelRelease,
    @JsonProperty(value = "kernel_version", required = true) String kernelVersion,
    @JsonProperty(required = true) int cpus,
    @JsonProperty("boot_id") @Nullable String recordedBootId,
    @JsonProperty(value = "boot_time", required = true) long bootTimeSeconds,
    @JsonProperty(value = "started_at", required = true) long startedAtMs,
    @JsonProperty(value = "ended_at", required = true) long endedAtMs) {

  /** Of bundles that can be read. */
  public static final String FORMAT = "netnswatch-evidence/1";

  /** Stands for the host of evidence that names none. */
  public static final String UNNAMED_HOST = "unnamed-host";

  /** The boot id, or one derived from host and boot time where none was recorded. */
  public String bootId() {
    return recordedBootId != null ? recordedBootId : bootIdOf(bootTimeSeconds);
  }

  /**
   * An id of one boot of the host.
   *
   * @param seconds when it was booted, epoch seconds
   */
  String bootIdOf(long seconds) {
    return UUID.nameUUIDFromBytes((host + "/" + seconds).getBytes(StandardCharsets.UTF_8))
        .toString();
  }

  /** Begin of the recording. */
  public Instant startedAt() {
    return Instant.ofEpochMilli(startedAtMs);
  }

  /** End of the recording. */
  public Instant endedAt() {
    return Instant.ofEpochMilli(endedAtMs);
  }
}
