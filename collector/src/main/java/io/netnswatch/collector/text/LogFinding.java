package io.netnswatch.collector.text;

import io.netnswatch.schema.KernelLogEntry;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A message of the kernel log, or a whole trace, that concerns namespaces; fields as {@link
 * KernelLogEntry}'s.
 */
public record LogFinding(
    Category category,
    String message,
    @Nullable String device,
    @Nullable Integer usageCount,
    @Nullable Integer pid,
    @Nullable String comm,
    @Nullable String state,
    @Nullable Long blockedForMs,
    List<String> stack) {

  /** What kind of message it is. */
  public enum Category {
    DEVICE_REFERENCE,
    HUNG_TASK,
    RCU_STALL,
    SOFT_LOCKUP,
    WORKQUEUE,
    WARNING,
    OTHER
  }

  private static final int MAX_MESSAGE = 256;

  private static final Pattern ADDRESS = Pattern.compile("\\b(?:0x)?[0-9a-f]{8,16}\\b");

  public LogFinding {
    message = ADDRESS.matcher(message).replaceAll("…"); // it would tell where the kernel lies
    message = message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE);
    stack = List.copyOf(stack);
  }

  static LogFinding of(Category category, String message) {
    return new LogFinding(category, message, null, null, null, null, null, null, List.of());
  }

  static LogFinding ofTask(
      Category category,
      String message,
      @Nullable Integer pid,
      @Nullable String comm,
      @Nullable String state,
      @Nullable Long blockedForMs,
      List<String> stack) {
    return new LogFinding(category, message, null, null, pid, comm, state, blockedForMs, stack);
  }

  /** As an event carries it. */
  public KernelLogEntry toEntry(Instant at) {
    return new KernelLogEntry(
        at, category.name(), message, device, usageCount, pid, comm, state, blockedForMs, stack);
  }
}
