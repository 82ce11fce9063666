package io.netnswatch.collector.bundle;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.netnswatch.collector.perf.PerfRecorder;
import io.netnswatch.collector.proc.ProcFiles;
import io.netnswatch.schema.FragmentCounter;
import io.netnswatch.schema.FragmentProtocol;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TelemetryEvent;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a bundle while a host is looked at: what the collector reads, raw, as {@link
 * EvidenceBundle} reads it again. Written beside its file, for its owner's eyes alone, and moved
 * there when it is whole. Thread-safe.
 *
 * <p>What fails is kept and thrown by {@link #finish}, so that a full disk never spoils the look
 * itself. What a reader would refuse as too large is left out and counted.
 */
public final class BundleWriter implements AutoCloseable {

  private static final String FOLDER = "evidence/";
  private static final int MAX_COMMANDS = 10_000;
  private static final int MAX_LOGS = 10_000;
  private static final JsonMapper JSON = new JsonMapper();

  private final Path file;
  private final Path unfinished;
  private final OutputStream raw;
  private final TarArchiveOutputStream tar;
  private final Map<String, RecordedCommand> commands = new LinkedHashMap<>();
  private final List<RecordedLog> log = new ArrayList<>();
  private @Nullable RecordingProc reading;
  private @Nullable IOException failure;
  private long keptChars;
  private final ByteArrayOutputStream judged = new ByteArrayOutputStream();
  private final DataFileWriter<SpecificRecord> events;
  private @Nullable Path earlier;
  private int eventCount;
  private int entries;
  private int omitted;

  /** Writes to one file, and moves it to the other's place. */
  BundleWriter(Path file, Path unfinished) throws IOException {
    this.file = file;
    this.unfinished = unfinished;
    this.raw = Files.newOutputStream(unfinished);
    OutputStream zipped = new GZIPOutputStream(new BufferedOutputStream(raw));
    this.tar = new TarArchiveOutputStream(zipped, StandardCharsets.UTF_8.name());
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    this.events = new DataFileWriter<>(new SpecificDatumWriter<>(EvidenceBundle.EVENT));
    events.setCodec(CodecFactory.deflateCodec(CodecFactory.DEFAULT_DEFLATE_LEVEL));
    events.create(EvidenceBundle.EVENT, judged);
  }

  /**
   * Begins a bundle.
   *
   * @param file a gzipped tar; what is there is kept beside it, under a name with a number
   * @throws IOException if nothing can be written there
   */
  public static BundleWriter create(Path file) throws IOException {
    Path folder = requireNonNullElse(file.toAbsolutePath().getParent(), file.toAbsolutePath());
    return new BundleWriter(file, Files.createTempFile(folder, file.getFileName() + ".", ".part"));
  }

  /**
   * Begins a snapshot: what is read of it is kept.
   *
   * @param at its time
   * @param proc the host's /proc
   */
  public synchronized ProcFiles snapshot(Instant at, ProcFiles proc) {
    writeSnapshot();
    RecordingProc begun = new RecordingProc(at.toEpochMilli(), proc);
    reading = begun;
    return begun;
  }

  /**
   * Keeps a perf slice.
   *
   * @param frequencyHz samples per second and CPU
   * @throws NullPointerException if it lacks its script
   */
  public synchronized void slice(PerfRecorder.Slice slice, int frequencyHz) {
    long startedAtMs = slice.startedAt().toEpochMilli();
    write(
        "perf/" + startedAtMs + "-" + slice.length().toMillis() + "ms-" + frequencyHz + "hz.txt",
        requireNonNull(slice.script()));
  }

  /** Keeps what an event tells that no file of /proc does. */
  public synchronized void accept(TelemetryEvent event) {
    if (event.value() instanceof NetnsLatency latency) {
      if (commands.size() < MAX_COMMANDS || commands.containsKey(latency.getCommandId())) {
        commands.put(latency.getCommandId(), RecordedCommand.of(latency));
      } else {
        omitted++;
      }
    } else if (event.value() instanceof ProcSnapshot snapshot) {
      snapshot.getFragmentCounters().forEach(this::write);
      keepLog(snapshot);
    }
  }

  private void keepLog(ProcSnapshot snapshot) {
    if (snapshot.getKernelLog().isEmpty() && snapshot.getKernelLogOmitted() == 0) {
      return;
    }
    if (log.size() < MAX_LOGS) {
      log.add(RecordedLog.of(snapshot));
    } else {
      omitted++;
    }
  }

  private void write(FragmentCounter counter) {
    RecordingProc from = reading;
    Integer pid = counter.getPid();
    if (from == null || counter.getNetnsInode() == null || pid == null) {
      return; // the initial namespace's is in the snapshot
    }
    String name = counter.getProtocol() == FragmentProtocol.IPV4 ? "sockstat" : "sockstat6";
    String text = from.texts().get(pid + "/net/" + name);
    if (text != null) {
      String netns = requireNonNullElse(counter.getNetnsName(), "net:" + counter.getNetnsInode());
      write("namespaces/" + from.atMs() + "/" + netns + "/" + name, text);
    }
  }

  private void writeSnapshot() {
    RecordingProc done = reading;
    reading = null;
    if (done == null) {
      return;
    }
    Map<String, String> texts = new LinkedHashMap<>(done.texts());
    texts.keySet().removeIf(name -> !EvidenceBundle.isProcFile(name));
    long chars = texts.values().stream().mapToLong(String::length).sum();
    if (keptChars + chars > EvidenceBundle.MAX_KEPT_CHARS
        || entries + texts.size() > EvidenceBundle.MAX_ENTRIES / 2) {
      omitted++;
      return;
    }
    keptChars += chars;
    texts.forEach((name, text) -> write("proc/" + done.atMs() + "/" + name, text));
  }

  private void write(String name, String text) {
    write(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private void write(String name, byte[] bytes) {
    if (bytes.length > EvidenceBundle.MAX_ENTRY_BYTES || entries >= EvidenceBundle.MAX_ENTRIES) {
      omitted++;
      return;
    }
    if (failure != null) {
      return; // it is thrown in the end
    }
    try {
      TarArchiveEntry entry = new TarArchiveEntry(FOLDER + name);
      entry.setSize(bytes.length);
      tar.putArchiveEntry(entry);
      tar.write(bytes);
      tar.closeArchiveEntry();
      entries++;
    } catch (IOException e) {
      failure = e;
    }
  }

  /** Keeps an event as it was judged, so that it is judged the same elsewhere. */
  public synchronized void judged(TelemetryEvent event) {
    if (failure != null || judged.size() > EvidenceBundle.MAX_ENTRY_BYTES / 2) {
      omitted += failure == null ? 1 : 0;
      return;
    }
    try {
      events.append(event.value());
      eventCount++;
    } catch (IOException e) {
      failure = e;
    }
  }

  /** Where a bundle is now that stood in the place of this one; null if none did. */
  public synchronized @Nullable Path earlier() {
    return earlier;
  }

  /**
   * Completes the bundle and puts it in its place.
   *
   * @return how many snapshots, slices and commands had to be left out
   * @throws IOException if any of it could not be written; then there is no file
   */
  public synchronized int finish(Manifest manifest) throws IOException {
    writeSnapshot();
    write(EvidenceBundle.COMMANDS, lines(commands.values()));
    write(EvidenceBundle.KERNEL_LOG, lines(log));
    write(EvidenceBundle.MANIFEST, JSON.writeValueAsString(manifest));
    writeEvents();
    if (failure != null) {
      throw failure;
    }
    tar.close();
    keepEarlier();
    Files.move(unfinished, file);
    return omitted;
  }

  private static String lines(Collection<?> records) throws IOException {
    StringJoiner lines = new StringJoiner("\n", "", "\n");
    for (Object each : records) {
      lines.add(JSON.writeValueAsString(each));
    }
    return lines.toString();
  }

  private void writeEvents() throws IOException {
    events.close();
    if (eventCount > 0) {
      write(EvidenceBundle.EVENTS, judged.toByteArray());
    }
  }

  /** Evidence is never written over: it may be all that is left of what happened. */
  private void keepEarlier() throws IOException {
    for (int number = 1; Files.exists(file); number++) {
      Path kept = file.resolveSibling(file.getFileName() + "." + number);
      if (!Files.exists(kept)) {
        Files.move(file, kept);
        earlier = kept;
      }
    }
  }

  /** Removes what was not finished. */
  @Override
  public void close() throws IOException {
    raw.close();
    Files.deleteIfExists(unfinished);
  }
}
