package io.netnswatch.collector.spool;

import io.netnswatch.schema.TelemetryEvent;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events on disk in the order in which they came, until they are acknowledged. Bounded in size and
 * age: the oldest file goes first. What {@link #append} has returned from outlasts the process, and
 * after at most {@value #SYNC_SECONDS} s a power failure. Not thread-safe.
 */
public final class Spool implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Spool.class);

  static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private static final Pattern NAME = Pattern.compile("events-(\\d{12})\\.avro");
  private static final int SYNC_SECONDS = 5;
  private static final int MAX_BATCH_BYTES = 256 << 10;

  private final SpoolSettings settings;
  private final Clock clock;
  private final Losses losses;
  private final Deque<Segment> segments = new ArrayDeque<>();
  private @Nullable FileChannel lock;
  private @Nullable SpoolFile tail;
  private @Nullable Batch taken;
  private @Nullable Instant oldest;
  private String droppedBecause = "spool full";
  private Map<Partition, Long> offsets = Map.of();
  private long lastNumber;
  private long syncedAt = System.nanoTime();

  /** A file, where its oldest unacknowledged event begins, and how many there are from there on. */
  private static final class Segment {
    final SpoolFile file;
    final Instant begun;
    Instant written;
    long position;
    long events;

    Segment(SpoolFile file, Instant begun, Instant written) {
      this.file = file;
      this.begun = begun;
      this.written = written;
      this.position = file.firstBlock();
    }
  }

  /**
   * A spool that is not open yet.
   *
   * @param clock tells the age of events
   * @param losses is told of what the bounds and damage take
   */
  public Spool(SpoolSettings settings, Clock clock, Losses losses) {
    this.settings = settings;
    this.clock = clock;
    this.losses = losses;
  }

  /**
   * Takes the directory and finds what earlier runs have left there. To be called once, first.
   *
   * @throws IOException if the directory can't be made, read or written, or another process uses it
   */
  public void open() throws IOException {
    Path directory = settings.directory();
    if (directory.getParent() != null) {
      Files.createDirectories(directory.getParent());
    }
    if (!Files.isDirectory(directory)) {
      Files.createDirectory(directory, OWNER_ONLY_DIRECTORY);
    }
    FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            OWNER_ONLY_FILE);
    try {
      if (tryLock(channel) == null) {
        throw new IOException("another process uses the spool " + directory);
      }
      findLeft(directory);
      lock = channel;
    } finally {
      if (lock == null) {
        channel.close();
        closeFiles();
      }
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) { // another spool of this process
      return null;
    }
  }

  private void findLeft(Path directory) throws IOException {
    Cursor cursor = Cursor.read(cursorFile()).orElse(new Cursor(0, 0, Map.of()));
    offsets = cursor.offsets();
    lastNumber = cursor.fileNumber();
    List<Path> files;
    try (Stream<Path> entries = Files.list(directory)) {
      files = entries.filter(it -> NAME.matcher(name(it)).matches()).sorted().toList();
    }
    for (Path path : files) {
      long number = number(path);
      lastNumber = Math.max(lastNumber, number);
      if (number < cursor.fileNumber()) {
        Files.delete(path); // the run ended between acknowledging its last event and this
      } else {
        findLeft(path, number, number == cursor.fileNumber() ? cursor.position() : 0);
      }
    }
    findOldest();
    if (!segments.isEmpty()) {
      log.info("the spool holds {} events of earlier runs", status().events());
    }
  }

  private void findLeft(Path path, long number, long acknowledged) throws IOException {
    SpoolFile file;
    try {
      file = SpoolFile.open(path, number);
    } catch (IOException e) {
      losses.lost("spool damaged", 1, "a file without a whole header: " + e.getMessage());
      Files.delete(path);
      return;
    }
    Instant written = Files.getLastModifiedTime(path).toInstant();
    Segment segment = new Segment(file, written, written);
    segment.position = Math.max(acknowledged, file.firstBlock());
    for (long at = segment.position; at < file.end(); ) {
      long blockEnd = file.blockEnd(at);
      if (blockEnd >= 0) {
        segment.events++;
      }
      at = blockEnd >= 0 ? blockEnd : file.afterDamage(at);
    }
    segments.add(segment);
  }

  /**
   * Writes an event behind all others.
   *
   * @throws IOException if it can't be written; then the spool is as it was
   */
  public void append(TelemetryEvent event) throws IOException {
    Segment tail = writable();
    try {
      tail.file.append(event);
    } catch (IOException e) {
      removeIfDone(tail);
      throw e;
    }
    tail.events++;
    tail.written = clock.instant();
    if (oldest == null) {
      oldest = event.eventTime();
    }
    while (bytes() > settings.maxBytes() && segments.size() > 1) {
      dropOldestFile("spool full", "it has reached its size");
    }
  }

  private Segment writable() throws IOException {
    Segment last = segments.peekLast();
    Instant now = clock.instant();
    if (last != null
        && last.file == tail
        && last.file.end() < settings.fileBytes()
        && now.isBefore(last.begun.plus(settings.fileAge()))) {
      return last;
    }
    if (last == null) {
      // First, lest the cursor of an earlier outage lets too much be read back after a crash.
      new Cursor(lastNumber + 1, 0, offsets).write(cursorFile());
    }
    Path path = settings.directory().resolve("events-%012d.avro".formatted(lastNumber + 1));
    SpoolFile next = SpoolFile.create(path, lastNumber + 1);
    lastNumber++;
    if (tail != null) {
      tail.sync();
    }
    tail = next;
    segments.add(new Segment(next, now, now));
    syncDirectory();
    return segments.getLast();
  }

  private void syncDirectory() throws IOException {
    try (FileChannel directory = FileChannel.open(settings.directory())) {
      directory.force(true);
    }
  }

  /**
   * The oldest events, at most as many as wanted and 256 KiB of the file; empty if there are none.
   * What is damaged before them is passed over and counted.
   *
   * @throws IOException if the files can't be read
   */
  public Batch take(int maxEvents) throws IOException {
    passOverDamage();
    List<TelemetryEvent> events = new ArrayList<>();
    List<Long> ends = new ArrayList<>();
    Segment head = segments.peek();
    if (head == null) {
      return new Batch(lastNumber, events, ends);
    }
    long at = head.position;
    while (events.size() < maxEvents && at - head.position < MAX_BATCH_BYTES) {
      long blockEnd = head.file.blockEnd(at);
      TelemetryEvent event = blockEnd < 0 ? null : readOrNull(head.file, at);
      if (event == null) {
        break; // the end, or damage that the next batch meets first
      }
      events.add(event);
      ends.add(blockEnd);
      at = blockEnd;
    }
    Batch batch = new Batch(head.file.number(), events, ends);
    taken = batch;
    return batch;
  }

  private static @Nullable TelemetryEvent readOrNull(SpoolFile file, long position) {
    try {
      return file.read(position);
    } catch (IOException e) {
      log.debug("damaged", e);
      return null;
    }
  }

  private void passOverDamage() throws IOException {
    Segment head = segments.peek();
    while (head != null && !beginsWithEvent(head)) {
      if (head.position < head.file.end()) {
        long blockEnd = head.file.blockEnd(head.position);
        losses.lost(
            "spool damaged",
            1,
            "torn or damaged at byte " + head.position + " of file " + head.file.number());
        if (blockEnd >= 0) {
          head.events--;
        }
        head.position = blockEnd >= 0 ? blockEnd : head.file.afterDamage(head.position);
      }
      removeIfDone(head);
      head = segments.peek();
    }
  }

  private static boolean beginsWithEvent(Segment segment) throws IOException {
    return segment.file.blockEnd(segment.position) >= 0
        && readOrNull(segment.file, segment.position) != null;
  }

  /**
   * Takes note of what became of a batch.
   *
   * @param count how many of its first events are published, or refused for good; the others stay
   * @param offsets see {@link #offsets()}
   * @throws IOException if that can't be written; it is known nevertheless until the process ends
   */
  public void settle(Batch batch, int count, Map<Partition, Long> offsets) throws IOException {
    this.offsets = Map.copyOf(offsets);
    taken = null;
    Segment head = segments.peek();
    if (head == null || head.file.number() != batch.fileNumber()) {
      losses.lost(droppedBecause, batch.events().size() - count, "dropped while in flight");
    } else if (count > 0) {
      head.position = batch.ends().get(count - 1);
      head.events -= count;
      removeIfDone(head);
      findOldest();
      writeCursor();
    }
  }

  private void removeIfDone(Segment segment) throws IOException {
    if (segment.position >= segment.file.end()) {
      remove(segment);
    }
  }

  private void remove(Segment segment) throws IOException {
    segments.remove(segment);
    if (segment.file == tail) {
      tail = null;
    }
    segment.file.delete();
  }

  /** Drops the files that nothing was written to for longer than the age. */
  public void expire() throws IOException {
    Instant limit = clock.instant().minus(settings.maxAge());
    Segment head = segments.peek();
    while (head != null && head.written.isBefore(limit)) {
      dropOldestFile("spool too old", "they have waited longer than it keeps them");
      head = segments.peek();
    }
  }

  private void dropOldestFile(String reason, String words) throws IOException {
    Segment head = segments.getFirst();
    boolean inFlight = taken != null && taken.fileNumber() == head.file.number();
    long settledLater = inFlight && taken != null ? taken.events().size() : 0;
    droppedBecause = reason;
    losses.lost(reason, head.events - settledLater, "the oldest events of the spool: " + words);
    remove(head);
    findOldest();
    writeCursor();
  }

  private void findOldest() throws IOException {
    passOverDamage();
    Segment head = segments.peek();
    oldest = head == null ? null : head.file.read(head.position).eventTime();
  }

  /** From which offsets on events of this spool may have been published without being known. */
  public Map<Partition, Long> offsets() {
    return offsets;
  }

  /** Sets {@link #offsets}; written to disk while the spool holds events. */
  public void offsets(Map<Partition, Long> offsets) throws IOException {
    this.offsets = Map.copyOf(offsets);
    if (!segments.isEmpty()) {
      writeCursor();
    }
  }

  private void writeCursor() throws IOException {
    Segment head = segments.peek();
    if (head == null) {
      Files.deleteIfExists(cursorFile());
    } else {
      new Cursor(head.file.number(), head.position, offsets).write(cursorFile());
    }
  }

  /** What it holds now. */
  public SpoolStatus status() {
    long events = segments.stream().mapToLong(segment -> segment.events).sum();
    return new SpoolStatus(events, bytes(), oldest);
  }

  private long bytes() {
    return segments.stream().mapToLong(segment -> segment.file.end()).sum();
  }

  /** Whether all has been acknowledged. */
  public boolean isEmpty() {
    return segments.isEmpty();
  }

  /** Syncs what was appended if the last time is long enough ago. */
  public void syncIfDue() throws IOException {
    if (tail != null && System.nanoTime() - syncedAt >= TimeUnit.SECONDS.toNanos(SYNC_SECONDS)) {
      syncedAt = System.nanoTime();
      tail.sync();
    }
  }

  /** Syncs and lets go of the directory; what it holds stays. */
  @Override
  public void close() throws IOException {
    try {
      if (tail != null) {
        tail.sync();
      }
    } finally {
      closeFiles();
      if (lock != null) {
        lock.close();
        lock = null;
      }
    }
  }

  private void closeFiles() throws IOException {
    for (Segment segment : segments) {
      segment.file.close();
    }
    segments.clear();
    tail = null;
  }

  private Path cursorFile() {
    return settings.directory().resolve("cursor");
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  private static long number(Path file) {
    return Long.parseLong(name(file).replaceAll("\\D", ""));
  }
}
