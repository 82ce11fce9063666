package io.netnswatch.detection.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netnswatch.detection.cause.KernelFunctions;
import io.netnswatch.detection.evidence.EncodedEvent.UnexpectedException;
import io.netnswatch.detection.evidence.Evidence.CreationSucceeded;
import io.netnswatch.detection.evidence.Evidence.Irrelevant;
import io.netnswatch.detection.evidence.Evidence.Observation;
import io.netnswatch.detection.evidence.Evidence.Profile;
import io.netnswatch.detection.evidence.Evidence.Snapshot;
import io.netnswatch.detection.signature.Kernel;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.schema.CommandOrigin;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.InterestReason;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.jspecify.annotations.Nullable;

/**
 * Looks at an event in its encoding, and where no signature could find anything in it says so at
 * once: nearly all events of a healthy fleet. Where one might, or where anything is out of the
 * ordinary, the event has to be decoded; so this never decides against an event, and what it says
 * is what {@link Projection} would have said.
 *
 * <p>Of a perf sample it costs a fourteenth of decoding (benchmarks/README.md). Immutable.
 */
public final class QuickLook {

  /** A kind of event, in the one form that is understood here: the newest. */
  public enum Form {
    PERF_SAMPLE(PerfSample.getClassSchema()),
    NETNS_LATENCY(NetnsLatency.getClassSchema()),
    PROC_SNAPSHOT(ProcSnapshot.getClassSchema());

    private final String schema;

    Form(Schema schema) {
      this.schema = SchemaNormalization.toParsingForm(schema);
    }

    /** The form of events written with a schema; null if it is another. */
    public static @Nullable Form of(Schema writer) {
      String schema = SchemaNormalization.toParsingForm(writer);
      return Stream.of(values()).filter(it -> it.schema.equals(schema)).findFirst().orElse(null);
    }
  }

  /**
   * An event that says that its host was well, or nothing.
   *
   * @param host the host
   * @param evidence what it says
   */
  public record Seen(String host, Evidence evidence) {}

  /** After the year 37,000 and before 1970 are times for {@link Projection} to judge. */
  private static final long MAX_TIME_MS = 1L << 50;

  private static final NetnsCommand[] COMMANDS = NetnsCommand.values();
  private static final CommandOrigin[] ORIGINS = CommandOrigin.values();
  private static final CommandOutcome[] OUTCOMES = CommandOutcome.values();
  private static final InterestReason[] REASONS = InterestReason.values();

  private static final byte[] KWORKER = ascii("kworker");
  private static final byte[] HEXADECIMAL = ascii("0x");
  private static final byte[][] USER_MODULES =
      Projection.USER_MODULES.stream().map(QuickLook::ascii).toArray(byte[][]::new);

  private final NameSet stackFunctions;
  private final NameSet callers;
  private final List<byte[]> hotSymbols;
  private final long slowAfterMs;

  /** For those signatures. */
  public QuickLook(List<Signature> signatures) {
    Set<String> callerNames = new HashSet<>();
    Set<String> ofStacks = new HashSet<>(Set.of(Projection.CLEANUP));
    List<byte[]> hot = new ArrayList<>();
    long slow = Long.MAX_VALUE;
    for (Signature signature : signatures) {
      if (signature.hot() != null) {
        callerNames.add(signature.hot().caller());
        signature.hot().symbols().forEach(it -> hot.add(ascii(it.replace("*", ""))));
      }
      if (signature.blocked() != null) {
        ofStacks.add(signature.blocked().kernelFunction());
      }
      if (signature.slow() != null) {
        slow = Math.min(slow, signature.slow().afterMs());
      }
      for (Signature.Suggestion suggestion : signature.suggestions()) {
        ofStacks.addAll(suggestion.any());
        ofStacks.addAll(suggestion.all());
      }
    }
    callerNames.addAll(KernelFunctions.lockedPathCallers());
    ofStacks.addAll(KernelFunctions.ofConcern());
    ofStacks.addAll(callerNames);
    this.callers = new NameSet(callerNames);
    this.stackFunctions = new NameSet(ofStacks);
    this.hotSymbols = List.copyOf(hot);
    this.slowAfterMs = slow;
  }

  /**
   * Looks at an event.
   *
   * @param form in which it is encoded
   * @param bytes that hold it
   * @param from where it begins
   * @return null if it has to be decoded
   */
  public @Nullable Seen at(Form form, byte[] bytes, int from) {
    try {
      EncodedEvent event = new EncodedEvent(bytes, from);
      return switch (form) {
        case PERF_SAMPLE -> perfSample(event);
        case NETNS_LATENCY -> netnsLatency(event);
        case PROC_SNAPSHOT -> procSnapshot(event);
      };
    } catch (UnexpectedException e) {
      return null;
    }
  }

  private @Nullable Seen perfSample(EncodedEvent event) throws UnexpectedException {
    String host = host(event);
    String bootId = bootId(event);
    long collectorStartedAtMs = event.readLong();
    long sequence = event.readLong();
    Kernel kernel = new Kernel(readShort(event), null);
    long startedAtMs = event.readLong();
    int durationMs = event.readInt();
    event.skipString(); // event
    int frequencyHz = event.readInt();
    int cpus = event.readInt();
    long samples = event.readLong();
    event.readLong(); // idle_count
    Long lost = event.readPresent() ? event.readLong() : null;
    boolean callPathsRecorded = event.readBoolean();
    event.skipInts(1); // symbols_omitted
    if (!isTime(startedAtMs) || durationMs <= 0 || frequencyHz <= 0) {
      return null;
    }
    long named = 0;
    long unnamed = 0;
    for (long items = event.readBlock(); items > 0; items = event.readBlock()) {
      for (long i = 0; i < items; i++) {
        event.skipString(); // symbol
        boolean nameless = event.textFirst() == '[' || event.textBeginsWith(HEXADECIMAL);
        boolean hot = !callPathsRecorded && isHotSymbol(event);
        boolean ofUser = event.readPresent() && isUserModule(event);
        event.skipString(); // comm
        if (hot && event.textBeginsWith(KWORKER)) {
          return null;
        }
        event.skipInts(1); // pid
        long ofSymbol = event.readLong();
        if (!ofUser && nameless) {
          unnamed += ofSymbol;
        } else if (!ofUser) {
          named += ofSymbol;
        }
        if (hasCaller(event)) {
          return null;
        }
      }
    }
    double due = (double) cpus * frequencyHz * durationMs / 1000;
    boolean conclusive = Projection.isConclusive(due, samples, lost, named, unnamed);
    return new Seen(
        host,
        new Evidence(
            bootId,
            startedAtMs + durationMs,
            collectorStartedAtMs,
            sequence,
            kernel,
            new Profile(conclusive, List.of(), List.of())));
  }

  private boolean isHotSymbol(EncodedEvent event) {
    for (byte[] symbol : hotSymbols) {
      if (event.textBeginsWith(symbol)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isUserModule(EncodedEvent event) throws UnexpectedException {
    event.skipString();
    if (event.textContains('/')) {
      return true;
    }
    for (byte[] module : USER_MODULES) {
      if (event.textIs(module)) {
        return true;
      }
    }
    return false;
  }

  /** Goes through the call paths of a symbol. */
  private boolean hasCaller(EncodedEvent event) throws UnexpectedException {
    for (long paths = event.readBlock(); paths > 0; paths = event.readBlock()) {
      for (long i = 0; i < paths; i++) {
        for (long frames = event.readBlock(); frames > 0; frames = event.readBlock()) {
          for (long j = 0; j < frames; j++) {
            event.skipString();
            if (callers.hasNameOf(event)) {
              return true;
            }
          }
        }
        event.readLong(); // samples
      }
    }
    return false;
  }

  private @Nullable Seen netnsLatency(EncodedEvent event) throws UnexpectedException {
    String host = host(event);
    String bootId = bootId(event);
    long collectorStartedAtMs = event.readLong();
    long sequence = event.readLong();
    Kernel kernel = new Kernel(readShort(event), null);
    NetnsCommand command = event.readEnum(COMMANDS);
    event.readEnum(ORIGINS);
    skipShort(event); // command_id
    event.skipOptionalInt(); // pid
    skipOptionalShort(event); // comm
    skipOptionalShort(event); // netns_name
    long startedAtMs = event.readLong();
    long observedAtMs = event.readLong();
    event.skipDouble(); // latency_ms
    event.skipOptionalLong(); // time_limit_ms
    CommandOutcome outcome = event.readEnum(OUTCOMES);
    event.skipOptionalInt(); // exit_code
    event.skipOptionalInt(); // signal
    event.skipOptionalString(); // stderr
    boolean blocked = event.readPresent();
    long latencyMs = observedAtMs - startedAtMs;
    if (blocked || !isTime(startedAtMs) || !isTime(observedAtMs) || latencyMs < 0) {
      return null;
    }
    boolean creation = command == NetnsCommand.ADD;
    boolean prompt = outcome == CommandOutcome.SUCCEEDED && latencyMs < slowAfterMs;
    if (creation && !prompt) {
      return null;
    }
    Observation seen = creation ? new CreationSucceeded(latencyMs, true, null) : new Irrelevant();
    return new Seen(
        host, new Evidence(bootId, observedAtMs, collectorStartedAtMs, sequence, kernel, seen));
  }

  private @Nullable Seen procSnapshot(EncodedEvent event) throws UnexpectedException {
    String host = host(event);
    String bootId = bootId(event);
    long collectorStartedAtMs = event.readLong();
    long sequence = event.readLong();
    long collectedAtMs = event.readLong();
    boolean measured = event.readPresent();
    if (measured) {
      event.skipInts(1); // interval_ms
    }
    Long uptimeMs = event.readPresent() ? event.readLong() : null;
    String release = readShort(event);
    String version = event.readString();
    if (event.textLength() > Projection.MAX_VERSION_LENGTH) {
      return null;
    }
    event.skipInts(1); // cpu_count
    for (int i = 0; i < 3; i++) {
      event.skipOptionalInt(); // netns_counts
    }
    if (!isTime(collectedAtMs) || event.readBlock() > 0) { // fragment_counters
      return null;
    }
    event.skipOptionalInt(); // placeholder_count
    event.skipStrings(); // placeholder_names
    if (event.readPresent()) {
      event.skipStrings(); // modules_of_interest
    }
    event.skipInts(6); // task_counts
    for (long tasks = event.readBlock(); tasks > 0; tasks = event.readBlock()) {
      for (long i = 0; i < tasks; i++) {
        if (isOfInterest(event)) {
          return null;
        }
      }
    }
    event.skipInts(1); // tasks_omitted
    event.skipStrings(); // unreadable
    Integer blocked = event.readPresent() ? event.readInt() : null;
    Integer created = event.readPresent() ? event.readInt() : null;
    if ((blocked != null && blocked != 0) || (created != null && created < 0)) {
      return null;
    }
    if (event.readBlock() > 0) { // kernel_log
      return null;
    }
    event.skipInts(1); // kernel_log_omitted
    return new Seen(
        host,
        new Evidence(
            bootId,
            collectedAtMs,
            collectorStartedAtMs,
            sequence,
            new Kernel(release, version),
            new Snapshot(
                uptimeMs,
                measured,
                List.of(),
                List.of(),
                null,
                blocked == null
                    ? null
                    : new CreatorsSeen(collectedAtMs, 0, created, List.of(), null),
                List.of(),
                List.of(),
                List.of(),
                List.of())));
  }

  /** Goes through a task. */
  private boolean isOfInterest(EncodedEvent event) throws UnexpectedException {
    event.skipInts(1); // pid
    skipShort(event); // comm
    boolean kworker = event.textBeginsWith(KWORKER);
    event.readBoolean(); // kernel_thread
    skipShort(event); // state
    if (event.readPresent() && event.readDouble() >= Projection.BUSY_WORKER_CPUS && kworker) {
      return true;
    }
    if (event.readPresent()) { // wchan
      skipShort(event);
      if (stackFunctions.hasNameOf(event)) {
        return true;
      }
    }
    if (event.readPresent() && isStackOfInterest(event)) {
      return true;
    }
    event.skipOptionalLong(); // blocked_for_ms
    event.skipOptionalString(); // netns_arguments
    for (long reasons = event.readBlock(); reasons > 0; reasons = event.readBlock()) {
      for (long i = 0; i < reasons; i++) {
        event.readEnum(REASONS);
      }
    }
    event.skipOptionalInt(); // tgid
    return event.readBlock() > 0; // more_stacks
  }

  private boolean isStackOfInterest(EncodedEvent event) throws UnexpectedException {
    int length = 0;
    for (long frames = event.readBlock(); frames > 0; frames = event.readBlock()) {
      for (long i = 0; i < frames; i++) {
        skipShort(event);
        if (stackFunctions.hasNameOf(event) || ++length > Projection.MAX_FRAMES) {
          return true;
        }
      }
    }
    return false;
  }

  private static String host(EncodedEvent event) throws UnexpectedException {
    String host = event.readString();
    if (!event.textBeginsVisibly()
        || event.textLength() > Projection.MAX_HOST_LENGTH
        || !Projection.isPrintable(host)) {
      throw new UnexpectedException();
    }
    return host;
  }

  private static String bootId(EncodedEvent event) throws UnexpectedException {
    String bootId = readShort(event);
    if (!event.textBeginsVisibly()) {
      throw new UnexpectedException();
    }
    return bootId;
  }

  private static String readShort(EncodedEvent event) throws UnexpectedException {
    String text = event.readString();
    requireShort(event);
    return text;
  }

  private static void skipShort(EncodedEvent event) throws UnexpectedException {
    event.skipString();
    requireShort(event);
  }

  private static void skipOptionalShort(EncodedEvent event) throws UnexpectedException {
    if (event.readPresent()) {
      skipShort(event);
    }
  }

  private static void requireShort(EncodedEvent event) throws UnexpectedException {
    if (event.textLength() > Projection.MAX_NAME_LENGTH) {
      throw new UnexpectedException();
    }
  }

  private static boolean isTime(long epochMs) {
    return epochMs > 0 && epochMs <= MAX_TIME_MS;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(UTF_8);
  }

  /** Names of functions, found in encoded text. */
  private static final class NameSet {

    /** By first byte; most frames of a stack begin with another. */
    private final byte[][][] byFirst = new byte[128][0][];

    NameSet(Set<String> names) {
      for (int first = 0; first < byFirst.length; first++) {
        int wanted = first;
        byFirst[first] =
            names.stream()
                .filter(name -> name.charAt(0) == wanted)
                .map(QuickLook::ascii)
                .toArray(byte[][]::new);
      }
    }

    /** Whether the string last passed is one of the names, with a compiler's suffix or without. */
    boolean hasNameOf(EncodedEvent event) {
      int first = event.textFirst();
      if (first < 0) {
        return false;
      }
      for (byte[] name : byFirst[first]) {
        if (event.textNames(name)) {
          return true;
        }
      }
      return false;
    }
  }
}
