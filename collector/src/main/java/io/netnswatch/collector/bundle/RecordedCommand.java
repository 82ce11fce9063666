package io.netnswatch.collector.bundle;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.netnswatch.collector.netns.NamespaceCommand;
import io.netnswatch.collector.proc.ProcPidStack;
import io.netnswatch.collector.proc.ProcPidWchan;
import io.netnswatch.schema.BlockedAt;
import io.netnswatch.schema.CommandOrigin;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line of {@code netns/commands.jsonl}: a command that the recorder ran or saw.
 *
 * @param startedAtMs when it began, epoch milliseconds
 * @param pid its process
 * @param command the command line
 * @param timeLimitMs after how many milliseconds it was to be killed; null if it was not ours
 * @param durationMs how long it ran
 * @param timedOut whether it was killed at its limit
 * @param exitCode null if a signal ended it
 * @param signal null if it exited, or if the one that ended it is not known
 * @param stderr what it wrote there
 * @param blockedState where it was after 5 s; null for those that ended before
 * @param blockedWchan likewise
 * @param blockedStack likewise, as /proc/PID/stack printed it
 * @param origin null for the recorder's own
 * @param knownOutcome null if the exit code and the time limit tell
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record RecordedCommand(
    @JsonProperty(value = "started_at", required = true) long startedAtMs,
    @JsonProperty(required = true) int pid,
    @JsonProperty(required = true) String command,
    @JsonProperty(value = "time_limit_ms", required = true) @Nullable Long timeLimitMs,
    @JsonProperty(value = "duration_ms", required = true) double durationMs,
    @JsonProperty(value = "timed_out", required = true) boolean timedOut,
    @JsonProperty("exit_code") @Nullable Integer exitCode,
    @JsonProperty("signal") @JsonDeserialize(using = SignalNumber.class) @Nullable Integer signal,
    @JsonProperty("stderr") @Nullable String stderr,
    @JsonProperty("blocked_state") @Nullable String blockedState,
    @JsonProperty("blocked_wchan") @Nullable String blockedWchan,
    @JsonProperty("blocked_stack") @Nullable String blockedStack,
    @JsonProperty("origin") @Nullable CommandOrigin origin,
    @JsonProperty("outcome") @Nullable CommandOutcome knownOutcome) {

  private static final long PROGRESS_INTERVAL_MS = 5_000;

  /** Longer than any recording; bounds the progress records that a line can call for. */
  private static final double MAX_DURATION_MS = 24 * 3_600_000.0;

  private static final int MAX_STDERR = 1024;

  RecordedCommand {
    requireNonNull(command, "command");
    if (startedAtMs < 0 || !(durationMs >= 0 && durationMs <= MAX_DURATION_MS)) {
      throw new IllegalArgumentException("started_at or duration_ms out of range");
    }
  }

  /** What is to be kept of a command after a record of it: the last one tells most. */
  static RecordedCommand of(NetnsLatency record) {
    NamespaceCommand command =
        NamespaceCommand.of(record.getCommand(), record.getComm(), record.getNetnsName());
    BlockedAt blocked = record.getBlockedAt();
    List<String> stack = blocked == null ? null : blocked.getStack();
    return new RecordedCommand(
        record.getStartedAt().toEpochMilli(),
        requireNonNullElse(record.getPid(), 0),
        command.line(),
        record.getTimeLimitMs(),
        record.getLatencyMs(),
        record.getOutcome() == CommandOutcome.TIMED_OUT,
        record.getExitCode(),
        record.getSignal(),
        record.getStderr(),
        blocked == null ? null : blocked.getState(),
        blocked == null ? null : blocked.getWchan(),
        stack == null ? null : ProcPidStack.text(stack),
        record.getOrigin(),
        record.getOutcome());
  }

  /** The records a collector would have published: progress every 5 s, then the end. */
  List<NetnsLatency.Builder> toRecords() {
    NamespaceCommand parsed = NamespaceCommand.parse(Arrays.asList(command.split(" ", -1)));
    NetnsCommand kind = parsed == null ? null : parsed.command();
    if (parsed == null || kind == null) {
      return List.of();
    }
    List<NetnsLatency.Builder> records = new ArrayList<>();
    for (long age = PROGRESS_INTERVAL_MS; age < durationMs; age += PROGRESS_INTERVAL_MS) {
      records.add(
          record(kind, parsed.netnsName(), (double) age).setOutcome(CommandOutcome.STILL_RUNNING));
    }
    records.add(
        record(kind, parsed.netnsName(), durationMs)
            .setOutcome(outcome())
            .setExitCode(exitCode)
            .setSignal(signal)
            .setStderr(stderr == null ? null : capped(stderr)));
    return records;
  }

  private NetnsLatency.Builder record(NetnsCommand kind, @Nullable String netnsName, double ageMs) {
    return NetnsLatency.newBuilder()
        .setCommand(kind)
        .setOrigin(requireNonNullElse(origin, CommandOrigin.PROBE))
        .setCommandId(pid + "-" + startedAtMs)
        .setPid(pid)
        .setComm(command.substring(0, command.indexOf(' ')))
        .setNetnsName(netnsName)
        .setStartedAt(Instant.ofEpochMilli(startedAtMs))
        .setObservedAt(Instant.ofEpochMilli(startedAtMs + Math.round(ageMs)))
        .setLatencyMs(ageMs)
        .setTimeLimitMs(timeLimitMs)
        .setBlockedAt(blockedAt());
  }

  private CommandOutcome outcome() {
    if (knownOutcome != null) {
      return knownOutcome;
    }
    if (timedOut) {
      return CommandOutcome.TIMED_OUT;
    }
    return exitCode != null && exitCode == 0 ? CommandOutcome.SUCCEEDED : CommandOutcome.FAILED;
  }

  private @Nullable BlockedAt blockedAt() {
    if (blockedState == null) {
      return null;
    }
    return new BlockedAt(
        blockedState,
        blockedWchan == null ? null : ProcPidWchan.parse(blockedWchan),
        blockedStack == null ? null : ProcPidStack.parse(blockedStack));
  }

  private static String capped(String text) {
    return text.substring(0, Math.min(text.length(), MAX_STDERR));
  }
}
