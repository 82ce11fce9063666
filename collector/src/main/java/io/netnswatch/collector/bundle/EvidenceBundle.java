package io.netnswatch.collector.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.netnswatch.collector.Envelope;
import io.netnswatch.collector.kmsg.KernelLog.Said;
import io.netnswatch.collector.perf.PerfProfile;
import io.netnswatch.collector.perf.PerfScript;
import io.netnswatch.collector.proc.InitialNamespace;
import io.netnswatch.collector.proc.ProcParseException;
import io.netnswatch.collector.proc.ProcSampler;
import io.netnswatch.collector.proc.Sockstat;
import io.netnswatch.collector.proc.Uptime;
import io.netnswatch.collector.text.TarGuard;
import io.netnswatch.collector.text.TextEvidence;
import io.netnswatch.schema.FragmentCounter;
import io.netnswatch.schema.FragmentProtocol;
import io.netnswatch.schema.KernelLogEntry;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TelemetryEvent;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A recording of one host, format {@code netnswatch-evidence/1} (layout in recordings/README.md),
 * as the events its collector would have published. Nothing is unpacked to disk.
 */
public final class EvidenceBundle {

  static final int MAX_ENTRIES = 1_000_000;
  static final int MAX_ENTRY_BYTES = 64 << 20;
  private static final long MAX_TOTAL_BYTES = 4L << 30;

  /** Text of /proc is kept until all of it has been read, as a tar has no order. */
  static final long MAX_KEPT_CHARS = 256L << 20;

  private static final int MAX_FRAGMENT_COUNTERS = 64;

  private static final Pattern PROC = Pattern.compile("proc/(\\d{1,15})/(.+)");

  /** What snapshots are made of; bundles hold more, for people. */
  private static final Pattern PROC_FILE =
      Pattern.compile(
          "\\d{1,9}/(?:task/\\d{1,9}/)?(?:stat|stack|wchan|cmdline)|stat|uptime|version|sys/kernel/osrelease|modules|slabinfo|net/sockstat6?");

  private static final Pattern PERF =
      Pattern.compile("perf/(\\d{1,15})-(\\d{1,7})ms-(\\d{1,5})hz\\.txt");
  private static final Pattern NAMESPACE =
      Pattern.compile("namespaces/(\\d{1,15})/([^/]+)/(sockstat6?)");
  static final String COMMANDS = "netns/commands.jsonl";

  /** What the kernel log said, by snapshot. A bundle without it has it in notes/, or not at all. */
  static final String KERNEL_LOG = "kernel/log.jsonl";

  static final String MANIFEST = "manifest.json";

  /**
   * The events as they were judged: an Avro container. What it lacks is made of the other entries.
   */
  static final String EVENTS = "events.avro";

  static final Schema EVENT =
      Schema.createUnion(
          ProcSnapshot.getClassSchema(),
          PerfSample.getClassSchema(),
          NetnsLatency.getClassSchema());

  private static final String NOTES = "notes/";
  private static final int MAX_UNUSED = 32;

  /** What a log says of the time before that has nothing to do with the recording. */
  private static final Duration LONGEST_BEFORE = Duration.ofHours(1);

  private static final Pattern INODE = Pattern.compile("net:\\[?(\\d{1,18})\\]?");

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).build();

  private final Manifest manifest;
  private final RecordedBoots boots;
  private final List<Moment> moments;
  private final List<String> unused;
  private final boolean damaged;
  private final List<KernelLogEntry> ofOtherTimes;

  /** Something that happened, still without its envelope and at its recorded time. */
  private record Moment(long atMs, Function<Replay, TelemetryEvent> event) {}

  /** Whom a recording is replayed as, and when. */
  private record Replay(Envelope envelope, Duration shift) {}

  private EvidenceBundle(
      Manifest manifest,
      RecordedBoots boots,
      List<Moment> moments,
      List<String> unused,
      boolean damaged,
      List<KernelLogEntry> ofOtherTimes) {
    this.damaged = damaged;
    this.manifest = manifest;
    this.boots = boots;
    this.moments = moments;
    this.unused = List.copyOf(unused);
    this.ofOtherTimes = List.copyOf(ofOtherTimes);
  }

  /**
   * Reads a bundle.
   *
   * @param file a gzipped tar with one folder
   * @throws IOException if it can't be read, or nothing of it can be used; the message names the
   *     entry. What is malformed beside what can be used is left out, as is what a broken copy
   *     lacks, and told of by {@link #unused}
   */
  public static EvidenceBundle read(Path file) throws IOException {
    Reading reading = new Reading();
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(file));
        TarArchiveInputStream tar =
            new TarArchiveInputStream(new TarGuard(new GZIPInputStream(raw)))) {
      reading.readWhatThereIs(tar);
      return reading.finish();
    } catch (EOFException e) {
      throw new BundleFormatException(
          file.toString(),
          Files.size(file) == 0
              ? "is empty"
              : "its compressed data ends before anything that can be judged: copy it again");
    } catch (ZipException e) {
      throw new BundleFormatException(
          file.toString(), "is no bundle, which is a gzipped tar: " + e.getMessage());
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) { // of an entry, or of the tar's own format
      throw new BundleFormatException(file, e);
    }
  }

  /** Whether snapshots are made of that file below /proc. */
  static boolean isProcFile(String file) {
    return PROC_FILE.matcher(file).matches();
  }

  /** What stands in it and could not be used, in words. */
  public List<String> unused() {
    return unused;
  }

  /** Whether something of it was left out because it is malformed: what, is among the unused. */
  public boolean isDamaged() {
    return damaged;
  }

  /** What a kernel log among its notes says of a time long before the recording, or after it. */
  public List<KernelLogEntry> logOfOtherTimes() {
    return ofOtherTimes;
  }

  /** What the recording says of itself. */
  public Manifest manifest() {
    return manifest;
  }

  /**
   * The recording's events in the order in which they happened.
   *
   * @param host under which name
   * @param shift added to every time
   */
  public List<TelemetryEvent> telemetry(String host, Duration shift) {
    Map<String, Replay> byBoot = new HashMap<>();
    return moments.stream()
        .map(
            moment ->
                moment
                    .event()
                    .apply(
                        byBoot.computeIfAbsent(
                            boots.idAt(moment.atMs()), boot -> replay(host, boot, shift))))
        .toList();
  }

  private Replay replay(String host, String bootId, Duration shift) {
    return new Replay(
        new Envelope(host, bootId, manifest.kernelRelease(), manifest.startedAt().plus(shift)),
        shift);
  }

  /** A bundle while it is being read. */
  private static final class Reading {

    private final Map<Long, Map<String, String>> snapshots = new TreeMap<>();
    private final Map<Long, List<FragmentCounter>> counters = new TreeMap<>();
    private final List<Moment> moments = new ArrayList<>();
    private final List<Slice> slices = new ArrayList<>();
    private final List<String> unused = new ArrayList<>();
    private final Map<Long, RecordedLog> log = new HashMap<>();
    private boolean hasLog;
    private @Nullable TextEvidence notes;
    private final List<Moment> judgedMoments = new ArrayList<>();
    private boolean judged;
    private long snapshotReadLast;
    private boolean incomplete;
    private long keptChars;
    private @Nullable Manifest manifest;
    private @Nullable BundleFormatException malformedManifest;

    /** What was left out since it is malformed, by what it is. */
    private final Map<String, Damage> damaged = new LinkedHashMap<>();

    private record Slice(long startMs, PerfSample.Builder sample) {}

    private record Damage(int count, BundleFormatException first) {}

    /** Data that ends early or is damaged costs what comes after. */
    void readWhatThereIs(TarArchiveInputStream tar) throws IOException {
      try {
        readAll(tar);
      } catch (BundleFormatException e) {
        throw e;
      } catch (IOException e) {
        if (snapshots.size() > 1) {
          snapshots.remove(snapshotReadLast); // it may have half of its tasks
        }
        if (times().isEmpty()) {
          throw e;
        }
        incomplete = true;
        unused("its data ends early or is damaged: what came before is used");
      }
    }

    /** Of everything that was recorded, epoch milliseconds. */
    private SortedSet<Long> times() {
      SortedSet<Long> times = new TreeSet<>(snapshots.keySet());
      slices.forEach(slice -> times.add(slice.startMs()));
      moments.forEach(moment -> times.add(moment.atMs()));
      judgedMoments.forEach(moment -> times.add(moment.atMs()));
      return times;
    }

    private void readAll(TarArchiveInputStream tar) throws IOException {
      int entries = 0;
      long bytes = 0;
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        bytes += entry.getSize();
        if (++entries > MAX_ENTRIES
            || bytes > MAX_TOTAL_BYTES
            || entry.getSize() > MAX_ENTRY_BYTES) {
          throw tooLarge(entry.getName());
        }
        if (entry.isFile()) {
          String name = entry.getName().replaceFirst("^(\\./)?[^/]+/", "");
          readEntry(name, tar, entry.getLastModifiedDate().toInstant());
        }
      }
    }

    private void readEntry(String name, InputStream in, Instant modified) throws IOException {
      Matcher proc = PROC.matcher(name);
      Matcher perf = PERF.matcher(name);
      Matcher namespace = NAMESPACE.matcher(name);
      if (name.equals(MANIFEST)) {
        readManifest(text(name, in));
      } else if (name.equals(EVENTS)) {
        readEvents(in);
      } else if (name.equals(KERNEL_LOG)) {
        readLog(text(name, in));
      } else if (name.startsWith(NOTES)) {
        TextEvidence texts = notes == null ? new TextEvidence(modified) : notes;
        notes = texts;
        texts.read(name, null, in);
      } else if (name.equals(COMMANDS)) {
        readCommands(text(name, in));
      } else if (proc.matches() && isProcFile(proc.group(2))) {
        String text = text(name, in);
        keptChars += text.length();
        if (keptChars > MAX_KEPT_CHARS) {
          throw tooLarge(name);
        }
        snapshotReadLast = Long.parseLong(proc.group(1));
        snapshots.computeIfAbsent(snapshotReadLast, at -> new HashMap<>()).put(proc.group(2), text);
      } else if (perf.matches()) {
        readPerf(perf, text(name, in));
      } else if (namespace.matches()) {
        readCounter(
            Long.parseLong(namespace.group(1)),
            namespace.group(2),
            namespace.group(3).equals("sockstat") ? FragmentProtocol.IPV4 : FragmentProtocol.IPV6,
            name,
            text(name, in));
      }
    }

    private void readManifest(String text) throws BundleFormatException {
      try {
        manifest = json(MANIFEST, text, Manifest.class);
      } catch (BundleFormatException e) {
        malformedManifest = e;
        return;
      }
      if (!manifest.format().equals(Manifest.FORMAT)) {
        throw new BundleFormatException(
            MANIFEST,
            "format is "
                + manifest.format()
                + ", expected "
                + Manifest.FORMAT
                + ": another version of netnswatch made it");
      }
    }

    private Manifest manifestOrWhatTheRestTells() throws BundleFormatException {
      if (manifest != null) {
        return manifest;
      }
      BundleFormatException why =
          malformedManifest != null
              ? malformedManifest
              : new BundleFormatException(MANIFEST, "is missing");
      SortedSet<Long> times = times();
      if (times.isEmpty()) {
        throw why;
      }
      incomplete = true;
      unused(why.getMessage() + "; what it tells is taken from the rest, which names no host");
      return AssumedManifest.of(snapshots.values(), times);
    }

    private void readCommands(String lines) {
      for (RecordedCommand command : records(COMMANDS, lines, RecordedCommand.class)) {
        for (NetnsLatency.Builder record : command.toRecords()) {
          moments.add(moment(record));
        }
      }
    }

    private void readLog(String lines) {
      hasLog = true;
      for (RecordedLog read : records(KERNEL_LOG, lines, RecordedLog.class)) {
        log.put(read.snapshotAtMs(), read);
      }
    }

    /** The lines that can be read. */
    private <T> List<T> records(String entry, String lines, Class<T> type) {
      List<T> records = new ArrayList<>();
      int number = 0;
      for (String line : lines.split("\n", -1)) {
        number++;
        if (!line.isBlank()) {
          try {
            records.add(json(entry + ":" + number, line, type));
          } catch (BundleFormatException e) {
            leftOut("lines of " + entry, e);
          }
        }
      }
      return records;
    }

    /** Something is malformed, and the rest may do without it. */
    private void leftOut(String what, BundleFormatException why) {
      damaged.merge(
          what,
          new Damage(1, why),
          (before, one) -> new Damage(before.count() + 1, before.first()));
    }

    private void tellDamages() throws BundleFormatException {
      for (Map.Entry<String, Damage> each : damaged.entrySet()) {
        Damage damage = each.getValue();
        if (moments.isEmpty()) {
          throw damage.first();
        }
        unused(
            each.getKey()
                + " that are malformed, "
                + damage.count()
                + ": left out, the first since "
                + damage.first().getMessage());
      }
    }

    private void readPerf(Matcher name, String script) throws IOException {
      long startMs = Long.parseLong(name.group(1));
      int durationMs = Integer.parseInt(name.group(2));
      PerfScript parsed = new PerfScript();
      script.lines().forEach(parsed::accept);
      PerfProfile profile = parsed.end();
      if (profile.sampleCount() == 0) {
        if (!script.isBlank()) {
          unused(name.group() + ": no sample of perf script could be read in it");
        }
        return; // no look
      }
      if (parsed.shape().cpus() == 0 && parsed.shape().tasks() == 1 && !showsCleanup(profile)) {
        unused(name.group() + ": samples of one task alone, which is not in the cleanup");
        return;
      }
      PerfSample.Builder sample =
          profile
              .toSample()
              .setDurationMs(durationMs)
              .setFrequencyHz(Integer.parseInt(name.group(3)));
      slices.add(new Slice(startMs, sample));
    }

    private void unused(String words) {
      if (unused.size() < MAX_UNUSED) {
        unused.add(words);
      }
    }

    private static boolean showsCleanup(PerfProfile profile) {
      return profile.symbols().stream()
          .flatMap(symbol -> symbol.getCallPaths().stream())
          .anyMatch(path -> path.getFrames().contains("cleanup_net"));
    }

    private void readEvents(InputStream in) throws IOException {
      byte[] bytes = bytes(EVENTS, in);
      try (DataFileStream<SpecificRecord> events =
          new DataFileStream<>(
              new ByteArrayInputStream(bytes), new SpecificDatumReader<>(EVENT, EVENT))) {
        while (events.hasNext()) {
          addJudged(events.next());
        }
        judged = true;
      } catch (AvroRuntimeException | IOException e) { // the other entries have them, too
        leftOut("events", new BundleFormatException(EVENTS, String.valueOf(e.getMessage())));
      }
    }

    private void addJudged(SpecificRecord record) {
      if (record instanceof ProcSnapshot snapshot) {
        judgedMoments.add(moment(ProcSnapshot.newBuilder(snapshot)));
      } else if (record instanceof PerfSample sample) {
        judgedMoments.add(moment(PerfSample.newBuilder(sample)));
      } else if (record instanceof NetnsLatency latency) {
        judgedMoments.add(moment(NetnsLatency.newBuilder(latency)));
      }
    }

    private static Moment moment(ProcSnapshot.Builder snapshot) {
      Instant at = snapshot.getCollectedAt();
      return new Moment(
          at.toEpochMilli(),
          replay -> {
            List<KernelLogEntry> log = new ArrayList<>();
            for (KernelLogEntry entry : snapshot.getKernelLog()) {
              log.add(
                  KernelLogEntry.newBuilder(entry)
                      .setLoggedAt(entry.getLoggedAt().plus(replay.shift()))
                      .build());
            }
            return replay
                .envelope()
                .seal(
                    ProcSnapshot.newBuilder(snapshot)
                        .setKernelLog(log)
                        .setCollectedAt(at.plus(replay.shift())));
          });
    }

    private static Moment moment(PerfSample.Builder sample) {
      Instant startedAt = sample.getStartedAt();
      return new Moment(
          startedAt.toEpochMilli() + sample.getDurationMs(),
          replay ->
              replay
                  .envelope()
                  .seal(
                      PerfSample.newBuilder(sample).setStartedAt(startedAt.plus(replay.shift()))));
    }

    /** Recordings are of all CPUs, whether each had a sample or not. */
    private static Moment moment(Manifest read, Slice slice) {
      return moment(
          slice
              .sample()
              .setCpuCount(read.cpus())
              .setStartedAt(Instant.ofEpochMilli(slice.startMs())));
    }

    private void readCounter(
        long atMs, String netns, FragmentProtocol protocol, String name, String sockstat) {
      Long memory;
      try {
        memory = Sockstat.fragmentMemory(sockstat);
      } catch (ProcParseException e) {
        leftOut(
            "counters of namespaces",
            new BundleFormatException(name, String.valueOf(e.getMessage())));
        return;
      }
      Matcher inode = INODE.matcher(netns);
      boolean isInitial =
          inode.matches() && InitialNamespace.isByNumber(Long.valueOf(inode.group(1)));
      if (memory != null && memory < 0 && !isInitial) {
        counters
            .computeIfAbsent(atMs, at -> new ArrayList<>())
            .add(new FragmentCounter(null, netns, null, protocol, memory));
      }
    }

    EvidenceBundle finish() throws IOException {
      Manifest read = manifestOrWhatTheRestTells();
      RecordedBoots boots = new RecordedBoots(read);
      if (judged) {
        moments.clear();
        moments.addAll(judgedMoments);
      } else {
        slices.forEach(slice -> moments.add(moment(read, slice)));
        ProcSampler sampler = new ProcSampler(null);
        if (!hasLog) {
          addLogOfNotes(read);
        }
        for (Map.Entry<Long, Map<String, String>> snapshot : snapshots.entrySet()) {
          if (isRebooted(boots, snapshot.getKey(), snapshot.getValue().get("uptime"))) {
            sampler = new ProcSampler(null);
          }
          addSnapshot(read, sampler, snapshot.getKey(), snapshot.getValue());
        }
      }
      tellDamages();
      moments.sort(Comparator.comparingLong(Moment::atMs));
      return new EvidenceBundle(
          read,
          boots,
          List.copyOf(moments),
          unused,
          incomplete || !damaged.isEmpty(),
          logOfOtherTimes(read));
    }

    private List<KernelLogEntry> logOfOtherTimes(Manifest read) {
      TextEvidence texts = notes;
      if (texts == null) {
        return List.of();
      }
      Instant from = read.startedAt().minus(LONGEST_BEFORE);
      Instant until = Instant.ofEpochMilli(read.endedAtMs());
      return texts.kernelLog(read.bootTimeSeconds() * 1000, read.endedAtMs()).stream()
          .filter(it -> it.getLoggedAt().isBefore(from) || it.getLoggedAt().isAfter(until))
          .toList();
    }

    private static boolean isRebooted(RecordedBoots boots, long atMs, @Nullable String uptime) {
      try {
        return uptime != null && boots.isAnother(atMs, Uptime.parseMs(uptime));
      } catch (ProcParseException e) {
        return false; // the snapshot says that it can't be read
      }
    }

    /** What the notes have of the kernel's log goes with the snapshot that comes next. */
    private void addLogOfNotes(Manifest read) {
      TextEvidence texts = notes;
      if (texts == null || snapshots.isEmpty()) {
        return;
      }
      TreeSet<Long> times = new TreeSet<>(snapshots.keySet());
      Map<Long, List<KernelLogEntry>> entries = new TreeMap<>();
      for (KernelLogEntry entry :
          texts.kernelLog(read.bootTimeSeconds() * 1000, read.endedAtMs())) {
        Long next = times.ceiling(entry.getLoggedAt().toEpochMilli());
        entries
            .computeIfAbsent(next == null ? times.last() : next, it -> new ArrayList<>())
            .add(entry);
      }
      entries.forEach(
          (at, all) ->
              log.put(
                  at, new RecordedLog(at, 0, all.stream().map(RecordedLog.Entry::of).toList())));
    }

    private void addSnapshot(
        Manifest read, ProcSampler sampler, long atMs, Map<String, String> files) {
      try {
        RecordedLog logged = log.get(atMs);
        Said said = logged == null ? Said.NOTHING : new Said(logged.toSchema(), logged.omitted());
        ProcSnapshot.Builder snapshot =
            sampler
                .sample(
                    new RecordedProc(files), Instant.ofEpochMilli(atMs), (now, uptimeMs) -> said)
                .snapshot();
        List<FragmentCounter> all = new ArrayList<>(snapshot.getFragmentCounters());
        all.addAll(countersUntil(atMs));
        all.subList(Math.min(all.size(), MAX_FRAGMENT_COUNTERS), all.size()).clear();
        moments.add(
            moment(
                snapshot
                    .setCollectedAt(Instant.ofEpochMilli(atMs))
                    .setFragmentCounters(all)
                    .setKernelVersion(read.kernelVersion())));
      } catch (ProcParseException | IOException e) {
        leftOut(
            "snapshots", new BundleFormatException("proc/" + atMs, String.valueOf(e.getMessage())));
      }
    }

    /** Counters were read between snapshots; each goes into the next one, once. */
    private List<FragmentCounter> countersUntil(long atMs) {
      List<FragmentCounter> due = new ArrayList<>();
      counters.entrySet().removeIf(entry -> entry.getKey() <= atMs && due.addAll(entry.getValue()));
      return due;
    }

    private static Moment moment(NetnsLatency.Builder record) {
      Instant startedAt = record.getStartedAt();
      Instant observedAt = record.getObservedAt();
      return new Moment(
          observedAt.toEpochMilli(),
          replay ->
              replay
                  .envelope()
                  .seal(
                      NetnsLatency.newBuilder(record)
                          .setStartedAt(startedAt.plus(replay.shift()))
                          .setObservedAt(observedAt.plus(replay.shift()))));
    }

    private static <T> T json(String entry, String text, Class<T> type)
        throws BundleFormatException {
      try {
        T value = JSON.readValue(text, type);
        if (value == null) {
          throw new BundleFormatException(entry, "has no value");
        }
        return value;
      } catch (JsonEOFException e) {
        throw new BundleFormatException(entry, "its JSON ends too early");
      } catch (JsonProcessingException e) {
        // Its own types say nothing to whoever made the file.
        String words = e.getOriginalMessage().replaceAll(" of type `[^`]*`", "");
        throw new BundleFormatException(entry, words);
      }
    }

    private static String text(String entry, InputStream in) throws IOException {
      return new String(bytes(entry, in), StandardCharsets.UTF_8);
    }

    /** At most what an entry may hold, whatever its header said. */
    private static byte[] bytes(String entry, InputStream in) throws IOException {
      byte[] bytes = in.readNBytes(MAX_ENTRY_BYTES + 1);
      if (bytes.length > MAX_ENTRY_BYTES) {
        throw tooLarge(entry);
      }
      return bytes;
    }

    private static BundleFormatException tooLarge(String entry) {
      return new BundleFormatException(entry, "the bundle is larger than allowed");
    }
  }
}
