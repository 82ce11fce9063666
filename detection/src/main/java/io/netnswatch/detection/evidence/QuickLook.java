package io.netnswatch.detection.evidence;

import io.netnswatch.detection.evidence.EncodedEvent.UnexpectedException;
import io.netnswatch.detection.evidence.Evidence.CreationSucceeded;
import io.netnswatch.detection.evidence.Evidence.Irrelevant;
import io.netnswatch.detection.evidence.Evidence.Observation;
import io.netnswatch.detection.evidence.Evidence.Profile;
import io.netnswatch.detection.evidence.Evidence.Snapshot;
import io.netnswatch.detection.evidence.TelemetryFields.OfNetnsLatency;
import io.netnswatch.detection.evidence.TelemetryFields.OfPerfSample;
import io.netnswatch.detection.evidence.TelemetryFields.OfProcSnapshot;
import io.netnswatch.detection.signature.Kernel;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import java.util.ArrayList;
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
   * @param end behind its last byte
   */
  public record Seen(String host, Evidence evidence, int end) {}

  /** After the year 37,000 and before 1970 are times for {@link Projection} to judge. */
  private static final long MAX_TIME_MS = 1L << 50;

  private static final NetnsCommand[] COMMANDS = NetnsCommand.values();
  private static final CommandOutcome[] OUTCOMES = CommandOutcome.values();

  private static final OfPerfSample PERF = new OfPerfSample(PerfSample.getClassSchema());
  private static final OfNetnsLatency LATENCY = new OfNetnsLatency(NetnsLatency.getClassSchema());
  private static final OfProcSnapshot SNAPSHOT = new OfProcSnapshot(ProcSnapshot.getClassSchema());

  private final NameSet stackFunctions;
  private final NameSet callers;
  private final List<byte[]> hotSymbols;
  private final long slowAfterMs;

  /** For those signatures. */
  public QuickLook(List<Signature> signatures) {
    List<byte[]> hot = new ArrayList<>();
    for (Signature signature : signatures) {
      if (signature.hot() != null) {
        signature.hot().symbols().forEach(it -> hot.add(EventRules.encoded(it.replace("*", ""))));
      }
    }
    this.callers = new NameSet(EventRules.callers(signatures));
    this.stackFunctions = new NameSet(EventRules.stackFunctions(signatures));
    this.hotSymbols = List.copyOf(hot);
    this.slowAfterMs = EventRules.slowAfterMs(signatures);
  }

  /**
   * Looks at an event.
   *
   * @param form in which it is encoded
   * @param bytes that hold it
   * @param from where it begins
   * @param until where it ends at the latest
   * @return null if it has to be decoded
   */
  public @Nullable Seen at(Form form, byte[] bytes, int from, int until) {
    try {
      EncodedEvent event = new EncodedEvent(bytes, from, until);
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
    String host = host(event.to(PERF.host));
    String bootId = bootId(event.to(PERF.bootId));
    long collectorStartedAtMs = event.to(PERF.collectorStartedAt).readLong();
    long sequence = event.to(PERF.sequence).readLong();
    Kernel kernel = new Kernel(readShort(event.to(PERF.kernelRelease)), null);
    long startedAtMs = event.to(PERF.startedAt).readLong();
    int durationMs = event.to(PERF.durationMs).readInt();
    int frequencyHz = event.to(PERF.frequencyHz).readInt();
    int cpus = event.to(PERF.cpuCount).readInt();
    long samples = event.to(PERF.sampleCount).readLong();
    Long lost = event.to(PERF.lostCount).readOptionalLong();
    boolean callPathsRecorded = event.to(PERF.callPathsRecorded).readBoolean();
    if (!isTime(startedAtMs) || durationMs <= 0 || frequencyHz <= 0) {
      return null;
    }
    long named = 0;
    long unnamed = 0;
    event.to(PERF.symbols);
    for (long items = event.readBlock(); items > 0; items = event.readBlock()) {
      for (long i = 0; i < items; i++) {
        event.to(PERF.symbol).skipString();
        boolean nameless = EventRules.isNameless(event);
        boolean hot = !callPathsRecorded && isHotSymbol(event);
        boolean ofUser = event.to(PERF.module).readPresent() && isOfUser(event);
        event.to(PERF.comm).skipString();
        if (hot && EventRules.isKworker(event)) {
          return null;
        }
        long ofSymbol = event.to(PERF.samples).readLong();
        if (!ofUser && nameless) {
          unnamed += ofSymbol;
        } else if (!ofUser) {
          named += ofSymbol;
        }
        if (hasCaller(event.to(PERF.callPaths))) {
          return null;
        }
        event.to(PERF.endOfSymbol);
      }
    }
    event.to(PERF.end);
    boolean conclusive =
        EventRules.isConclusive(cpus, frequencyHz, durationMs, samples, lost, named, unnamed);
    return new Seen(
        host,
        new Evidence(
            bootId,
            startedAtMs + durationMs,
            collectorStartedAtMs,
            sequence,
            kernel,
            new Profile(conclusive, List.of(), List.of())),
        event.position());
  }

  private boolean isHotSymbol(EncodedEvent event) {
    for (byte[] symbol : hotSymbols) {
      if (event.textBeginsWith(symbol)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOfUser(EncodedEvent event) throws UnexpectedException {
    event.skipString();
    return EventRules.isOfUser(event);
  }

  /** Goes through the call paths of a symbol. */
  private boolean hasCaller(EncodedEvent event) throws UnexpectedException {
    for (long paths = event.readBlock(); paths > 0; paths = event.readBlock()) {
      for (long i = 0; i < paths; i++) {
        event.to(PERF.frames);
        for (long frames = event.readBlock(); frames > 0; frames = event.readBlock()) {
          for (long j = 0; j < frames; j++) {
            event.skipString();
            if (callers.hasNameOf(event)) {
              return true;
            }
          }
        }
        event.to(PERF.endOfCallPath);
      }
    }
    return false;
  }

  private @Nullable Seen netnsLatency(EncodedEvent event) throws UnexpectedException {
    String host = host(event.to(LATENCY.host));
    String bootId = bootId(event.to(LATENCY.bootId));
    long collectorStartedAtMs = event.to(LATENCY.collectorStartedAt).readLong();
    long sequence = event.to(LATENCY.sequence).readLong();
    Kernel kernel = new Kernel(readShort(event.to(LATENCY.kernelRelease)), null);
    NetnsCommand command = event.to(LATENCY.command).readEnum(COMMANDS);
    skipShort(event.to(LATENCY.commandId));
    skipOptionalShort(event.to(LATENCY.comm));
    skipOptionalShort(event.to(LATENCY.netnsName));
    long startedAtMs = event.to(LATENCY.startedAt).readLong();
    long observedAtMs = event.to(LATENCY.observedAt).readLong();
    CommandOutcome outcome = event.to(LATENCY.outcome).readEnum(OUTCOMES);
    boolean blocked = event.to(LATENCY.blockedAt).readPresent();
    long latencyMs = observedAtMs - startedAtMs;
    if (blocked || !isTime(startedAtMs) || !isTime(observedAtMs) || latencyMs < 0) {
      return null;
    }
    boolean creation = command == NetnsCommand.ADD;
    boolean prompt = outcome == CommandOutcome.SUCCEEDED && latencyMs < slowAfterMs;
    if (creation && !prompt) {
      return null;
    }
    event.to(LATENCY.end);
    Observation seen = creation ? new CreationSucceeded(latencyMs, true, null) : new Irrelevant();
    return new Seen(
        host,
        new Evidence(bootId, observedAtMs, collectorStartedAtMs, sequence, kernel, seen),
        event.position());
  }

  private @Nullable Seen procSnapshot(EncodedEvent event) throws UnexpectedException {
    String host = host(event.to(SNAPSHOT.host));
    String bootId = bootId(event.to(SNAPSHOT.bootId));
    long collectorStartedAtMs = event.to(SNAPSHOT.collectorStartedAt).readLong();
    long sequence = event.to(SNAPSHOT.sequence).readLong();
    long collectedAtMs = event.to(SNAPSHOT.collectedAt).readLong();
    boolean measured = event.to(SNAPSHOT.intervalMs).readOptionalInt() != null;
    Long uptimeMs = event.to(SNAPSHOT.uptimeMs).readOptionalLong();
    String release = readShort(event.to(SNAPSHOT.kernelRelease));
    String version = event.to(SNAPSHOT.kernelVersion).readString();
    if (event.textLength() > EventRules.MAX_VERSION_LENGTH || !isTime(collectedAtMs)) {
      return null;
    }
    if (event.to(SNAPSHOT.fragmentCounters).readBlock() > 0) {
      return null;
    }
    event.to(SNAPSHOT.tasksOfInterest);
    for (long tasks = event.readBlock(); tasks > 0; tasks = event.readBlock()) {
      for (long i = 0; i < tasks; i++) {
        if (isOfInterest(event)) {
          return null;
        }
      }
    }
    Integer blocked = event.to(SNAPSHOT.blockedCreationCount).readOptionalInt();
    Integer created = event.to(SNAPSHOT.createdNetnsCount).readOptionalInt();
    if ((blocked != null && blocked != 0) || (created != null && created < 0)) {
      return null;
    }
    if (event.to(SNAPSHOT.kernelLog).readBlock() > 0) {
      return null;
    }
    event.to(SNAPSHOT.end);
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
                List.of())),
        event.position());
  }

  /** Goes through a task. */
  private boolean isOfInterest(EncodedEvent event) throws UnexpectedException {
    skipShort(event.to(SNAPSHOT.comm));
    boolean kworker = EventRules.isKworker(event);
    skipShort(event.to(SNAPSHOT.state));
    if (event.to(SNAPSHOT.cpuUse).readPresent()
        && EventRules.isBusy(event.readDouble())
        && kworker) {
      return true;
    }
    if (event.to(SNAPSHOT.wchan).readPresent()) {
      skipShort(event);
      if (stackFunctions.hasNameOf(event)) {
        return true;
      }
    }
    if (event.to(SNAPSHOT.stack).readPresent() && isStackOfInterest(event)) {
      return true;
    }
    if (event.to(SNAPSHOT.moreStacks).readBlock() > 0) {
      return true;
    }
    event.to(SNAPSHOT.endOfTask);
    return false;
  }

  private boolean isStackOfInterest(EncodedEvent event) throws UnexpectedException {
    int length = 0;
    for (long frames = event.readBlock(); frames > 0; frames = event.readBlock()) {
      for (long i = 0; i < frames; i++) {
        skipShort(event);
        if (stackFunctions.hasNameOf(event) || ++length > EventRules.MAX_FRAMES) {
          return true;
        }
      }
    }
    return false;
  }

  private static String host(EncodedEvent event) throws UnexpectedException {
    String host = event.readString();
    if (!event.textBeginsVisibly()
        || event.textLength() > EventRules.MAX_HOST_LENGTH
        || !EventRules.isPrintable(host)) {
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
    if (event.textLength() > EventRules.MAX_NAME_LENGTH) {
      throw new UnexpectedException();
    }
  }

  private static boolean isTime(long epochMs) {
    return epochMs > 0 && epochMs <= MAX_TIME_MS;
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
                .map(EventRules::encoded)
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
