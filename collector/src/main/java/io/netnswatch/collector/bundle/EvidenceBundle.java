package io.netnswatch.collector.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.netnswatch.collector.Envelope;
import io.netnswatch.collector.perf.PerfProfile;
import io.netnswatch.collector.perf.PerfScript;
import io.netnswatch.collector.proc.ProcParseException;
import io.netnswatch.collector.proc.ProcSampler;
import io.netnswatch.collector.proc.Sockstat;
import io.netnswatch.schema.FragmentCounter;
import io.netnswatch.schema.FragmentProtocol;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TelemetryEvent;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
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
          "\\d{1,9}/(?:task/\\d{1,9}/)?(?:stat|stack|wchan|cmdline)|stat|uptime|version|modules|slabinfo|net/sockstat6?");

  private static final Pattern PERF =
      Pattern.compile("perf/(\\d{1,15})-(\\d{1,7})ms-(\\d{1,5})hz\\.txt");
  private static final Pattern NAMESPACE =
      Pattern.compile("namespaces/(\\d{1,15})/([^/]+)/(sockstat6?)");
  static final String COMMANDS = "netns/commands.jsonl";
  static final String MANIFEST = "manifest.json";

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).build();

  private final Manifest manifest;
  private final List<Moment> moments;

  /** Something that happened, still without its envelope and at its recorded time. */
  private record Moment(long atMs, Function<Replay, TelemetryEvent> event) {}

  /** Whom a recording is replayed as, and when. */
  private record Replay(Envelope envelope, Duration shift) {}

  private EvidenceBundle(Manifest manifest, List<Moment> moments) {
    this.manifest = manifest;
    this.moments = moments;
  }

  /**
   * Reads a bundle.
   *
   * @param file a gzipped tar with one folder
   * @throws IOException if it can't be read or is malformed; the message names the entry
   */
  public static EvidenceBundle read(Path file) throws IOException {
    Reading reading = new Reading();
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(file));
        TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(raw))) {
      reading.readAll(tar);
    }
    return reading.finish();
  }

  /** Whether snapshots are made of that file below /proc. */
  static boolean isProcFile(String file) {
    return PROC_FILE.matcher(file).matches();
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
    Replay replay =
        new Replay(
            new Envelope(
                host,
                manifest.bootId(),
                manifest.kernelRelease(),
                manifest.startedAt().plus(shift)),
            shift);
    return moments.stream().map(moment -> moment.event().apply(replay)).toList();
  }

  /** A bundle while it is being read. */
  private static final class Reading {

    private final Map<Long, Map<String, String>> snapshots = new TreeMap<>();
    private final Map<Long, List<FragmentCounter>> counters = new TreeMap<>();
    private final List<Moment> moments = new ArrayList<>();
    private final List<Slice> slices = new ArrayList<>();
    private long keptChars;
    private @Nullable Manifest manifest;

    private record Slice(long startMs, int durationMs, PerfSample.Builder sample) {}

    void readAll(TarArchiveInputStream tar) throws IOException {
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
          try {
            readEntry(name, tar);
          } catch (ProcParseException e) {
            throw new BundleFormatException(name, String.valueOf(e.getMessage()));
          }
        }
      }
    }

    private void readEntry(String name, InputStream in) throws IOException, ProcParseException {
      Matcher proc = PROC.matcher(name);
      Matcher perf = PERF.matcher(name);
      Matcher namespace = NAMESPACE.matcher(name);
      if (name.equals(MANIFEST)) {
        manifest = json(name, text(name, in), Manifest.class);
      } else if (name.equals(COMMANDS)) {
        readCommands(text(name, in));
      } else if (proc.matches() && isProcFile(proc.group(2))) {
        String text = text(name, in);
        keptChars += text.length();
        if (keptChars > MAX_KEPT_CHARS) {
          throw tooLarge(name);
        }
        snapshots
            .computeIfAbsent(Long.valueOf(proc.group(1)), at -> new HashMap<>())
            .put(proc.group(2), text);
      } else if (perf.matches()) {
        readPerf(perf, text(name, in));
      } else if (namespace.matches()) {
        readCounter(
            Long.parseLong(namespace.group(1)),
            namespace.group(2),
            namespace.group(3).equals("sockstat") ? FragmentProtocol.IPV4 : FragmentProtocol.IPV6,
            text(name, in));
      }
    }

    private void readCommands(String lines) throws BundleFormatException {
      int number = 0;
      for (String line : lines.split("\n", -1)) {
        number++;
        if (!line.isBlank()) {
          for (NetnsLatency.Builder record :
              json(COMMANDS + ":" + number, line, RecordedCommand.class).toRecords()) {
            moments.add(moment(record));
          }
        }
      }
    }

    private void readPerf(Matcher name, String script) throws IOException {
      long startMs = Long.parseLong(name.group(1));
      int durationMs = Integer.parseInt(name.group(2));
      PerfProfile profile = PerfScript.parse(new BufferedReader(new StringReader(script)));
      PerfSample.Builder sample =
          profile
              .toSample()
              .setDurationMs(durationMs)
              .setFrequencyHz(Integer.parseInt(name.group(3)));
      slices.add(new Slice(startMs, durationMs, sample));
    }

    /** Recordings are of all CPUs, whether each had a sample or not. */
    private static Moment moment(Manifest read, Slice slice) {
      PerfSample.Builder sample = slice.sample().setCpuCount(read.cpus());
      Instant startedAt = Instant.ofEpochMilli(slice.startMs());
      return new Moment(
          slice.startMs() + slice.durationMs(),
          replay ->
              replay
                  .envelope()
                  .seal(
                      PerfSample.newBuilder(sample).setStartedAt(startedAt.plus(replay.shift()))));
    }

    private void readCounter(long atMs, String netns, FragmentProtocol protocol, String sockstat)
        throws ProcParseException {
      Long memory = Sockstat.fragmentMemory(sockstat);
      if (memory != null && memory < 0) {
        counters
            .computeIfAbsent(atMs, at -> new ArrayList<>())
            .add(new FragmentCounter(null, netns, null, protocol, memory));
      }
    }

    EvidenceBundle finish() throws IOException {
      Manifest read = manifest;
      if (read == null) {
        throw new BundleFormatException(MANIFEST, "is missing");
      }
      if (!read.format().equals(Manifest.FORMAT)) {
        throw new BundleFormatException(
            MANIFEST, "format is " + read.format() + ", expected " + Manifest.FORMAT);
      }
      slices.forEach(slice -> moments.add(moment(read, slice)));
      ProcSampler sampler = new ProcSampler(null);
      for (Map.Entry<Long, Map<String, String>> snapshot : snapshots.entrySet()) {
        addSnapshot(read, sampler, snapshot.getKey(), snapshot.getValue());
      }
      moments.sort(Comparator.comparingLong(Moment::atMs));
      return new EvidenceBundle(read, List.copyOf(moments));
    }

    private void addSnapshot(
        Manifest read, ProcSampler sampler, long atMs, Map<String, String> files)
        throws IOException {
      try {
        ProcSnapshot.Builder snapshot =
            sampler.sample(new RecordedProc(files), Instant.ofEpochMilli(atMs)).snapshot();
        List<FragmentCounter> all = new ArrayList<>(snapshot.getFragmentCounters());
        all.addAll(countersUntil(atMs));
        all.subList(Math.min(all.size(), MAX_FRAGMENT_COUNTERS), all.size()).clear();
        snapshot.setFragmentCounters(all).setKernelVersion(read.kernelVersion());
        moments.add(
            new Moment(
                atMs,
                replay ->
                    replay
                        .envelope()
                        .seal(
                            ProcSnapshot.newBuilder(snapshot)
                                .setCollectedAt(Instant.ofEpochMilli(atMs).plus(replay.shift())))));
      } catch (ProcParseException e) {
        throw new BundleFormatException("proc/" + atMs, String.valueOf(e.getMessage()));
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
        return JSON.readValue(text, type);
      } catch (JsonProcessingException e) {
        throw new BundleFormatException(entry, e.getOriginalMessage());
      }
    }

    /** At most what an entry may hold, whatever its header said. */
    private static String text(String entry, InputStream in) throws IOException {
      byte[] bytes = in.readNBytes(MAX_ENTRY_BYTES + 1);
      if (bytes.length > MAX_ENTRY_BYTES) {
        throw tooLarge(entry);
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }

    private static BundleFormatException tooLarge(String entry) {
      return new BundleFormatException(entry, "the bundle is larger than allowed");
    }
  }
}
