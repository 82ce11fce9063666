package io.netnswatch.collector.bundle;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.netnswatch.schema.KernelLogEntry;
import io.netnswatch.schema.ProcSnapshot;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line of {@code kernel/log.jsonl}: what the kernel log said since the snapshot before.
 *
 * @param snapshotAtMs time of the snapshot it goes with, epoch milliseconds
 * @param omitted messages of interest that a limit left out
 * @param entries messages and traces, oldest first
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record RecordedLog(
    @JsonProperty(value = "snapshot_at", required = true) long snapshotAtMs,
    @JsonProperty("omitted") int omitted,
    @JsonProperty(value = "entries", required = true) List<Entry> entries) {

  private static final int MAX_ENTRIES = 32;
  private static final int MAX_FRAMES = 32;

  RecordedLog {
    if (snapshotAtMs < 0 || omitted < 0) {
      throw new IllegalArgumentException("snapshot_at or omitted is negative");
    }
    int most = Math.min(entries.size(), MAX_ENTRIES);
    omitted += entries.size() - most;
    entries = List.copyOf(entries.subList(entries.size() - most, entries.size()));
  }

  /** What a snapshot tells of the log. */
  static RecordedLog of(ProcSnapshot snapshot) {
    return new RecordedLog(
        snapshot.getCollectedAt().toEpochMilli(),
        snapshot.getKernelLogOmitted(),
        snapshot.getKernelLog().stream().map(Entry::of).toList());
  }

  /** As a snapshot tells it. */
  List<KernelLogEntry> toSchema() {
    return entries.stream().map(Entry::toSchema).toList();
  }

  /**
   * A message or a trace; what it does not say is null.
   *
   * @param loggedAtMs epoch milliseconds
   * @param category as in {@link KernelLogEntry}
   * @param message the line of interest
   * @param device the network device that is waited for
   * @param usageCount references to it that are left
   * @param pid the task it is about
   * @param comm its name
   * @param state one letter
   * @param blockedForMs how long it has been blocked, or its CPU stalled
   * @param stack function names, innermost first
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Entry(
      @JsonProperty(value = "logged_at", required = true) long loggedAtMs,
      @JsonProperty(value = "category", required = true) String category,
      @JsonProperty(value = "message", required = true) String message,
      @JsonProperty("device") @Nullable String device,
      @JsonProperty("usage_count") @Nullable Integer usageCount,
      @JsonProperty("pid") @Nullable Integer pid,
      @JsonProperty("comm") @Nullable String comm,
      @JsonProperty("state") @Nullable String state,
      @JsonProperty("blocked_for_ms") @Nullable Long blockedForMs,
      @JsonProperty("stack") @Nullable List<String> stack) {

    Entry {
      requireNonNull(category, "category");
      requireNonNull(message, "message");
      stack =
          stack == null
              ? List.of()
              : List.copyOf(stack.subList(0, Math.min(stack.size(), MAX_FRAMES)));
    }

    static Entry of(KernelLogEntry entry) {
      return new Entry(
          entry.getLoggedAt().toEpochMilli(),
          entry.getCategory(),
          entry.getMessage(),
          entry.getDevice(),
          entry.getUsageCount(),
          entry.getPid(),
          entry.getComm(),
          entry.getState(),
          entry.getBlockedForMs(),
          entry.getStack());
    }

    KernelLogEntry toSchema() {
      return KernelLogEntry.newBuilder()
          .setLoggedAt(Instant.ofEpochMilli(loggedAtMs))
          .setCategory(category)
          .setMessage(message)
          .setDevice(device)
          .setUsageCount(usageCount)
          .setPid(pid)
          .setComm(comm)
          .setState(state)
          .setBlockedForMs(blockedForMs)
          .setStack(stack == null ? List.of() : stack)
          .build();
    }
  }
}
