package io.netnswatch.collector.kmsg;

import io.netnswatch.collector.text.Findings;
import io.netnswatch.collector.text.KernelLogLines;
import io.netnswatch.collector.text.LogFinding;
import io.netnswatch.collector.text.LogStamp;
import io.netnswatch.schema.KernelLogEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads {@code /dev/kmsg} from the beginning of the kernel's buffer, and then as it is written, in
 * a thread of its own: reading blocks until there is something. Only messages and traces that
 * concern namespaces are kept, and who kept a CPU, without addresses; so many and no more, and no
 * faster than is cheap.
 */
public final class KmsgReader implements KernelLog, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(KmsgReader.class);

  /** Larger than any record (CONSOLE_EXT_LOG_MAX): the kernel refuses a smaller buffer. */
  private static final int RECORD_BYTES = 16_384;

  /** Waiting to be handed out; of more the oldest are dropped, and counted. */
  private static final int MAX_WAITING = 256;

  /** As many as an event carries. */
  private static final int MAX_HANDED_OUT = 32;

  /** After so many records a pause: a flood must cost little. */
  private static final int RECORDS_PER_PAUSE = 1_000;

  private static final long PAUSE_MS = 200;

  /** A trace is whole when nothing has come for so long. */
  private static final long TRACE_ENDS_MS = 500;

  private record Waiting(long uptimeMs, LogFinding finding) {}

  private final ReadableByteChannel channel;
  private final KernelLogLines lines = new KernelLogLines(new Kept());
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private final Thread reader;
  private long omitted;
  private long lastRecordNanos = System.nanoTime();

  private KmsgReader(ReadableByteChannel channel) {
    this.channel = channel;
    this.reader = new Thread(this::read, "kmsg");
    reader.setDaemon(true);
  }

  /** Why the log can't be read here, and what to do; empty if it can. */
  public static Optional<String> unavailable(Path device) {
    if (!Files.exists(device)) {
      return Optional.of(device + " does not exist");
    }
    if (!Files.isReadable(device)) {
      return Optional.of(
          device + " may not be read: it needs CAP_SYSLOG, or kernel.dmesg_restrict 0");
    }
    try (FileChannel tried = FileChannel.open(device, StandardOpenOption.READ)) {
      return tried.isOpen() ? Optional.empty() : Optional.of(device + " can't be opened");
    } catch (IOException e) {
      return Optional.of(
          device
              + " can't be opened ("
              + e.getMessage()
              + "): it needs CAP_SYSLOG, or kernel.dmesg_restrict 0");
    }
  }

  /**
   * Begins to read.
   *
   * @throws IOException if it may not be read
   */
  public static KmsgReader start(Path device) throws IOException {
    return start(FileChannel.open(device, StandardOpenOption.READ));
  }

  /** Begins to read records, one a read. */
  static KmsgReader start(ReadableByteChannel channel) {
    KmsgReader begun = new KmsgReader(channel);
    begun.reader.start();
    return begun;
  }

  private void read() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(RECORD_BYTES);
    byte[] bytes = new byte[RECORD_BYTES];
    long records = 0;
    try {
      while (channel.isOpen()) {
        buffer.clear();
        int length = readRecord(buffer);
        if (length < 0) {
          return;
        }
        buffer.flip();
        buffer.get(bytes, 0, buffer.remaining());
        take(new String(bytes, 0, Math.max(0, length), StandardCharsets.UTF_8));
        if (++records % RECORDS_PER_PAUSE == 0) {
          TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
        }
      }
    } catch (ClosedChannelException | InterruptedException e) {
      log.debug("kmsg ends");
    } catch (IOException | RuntimeException e) {
      log.warn("the kernel's log is not read any more: {}", e.toString());
    }
  }

  /** EPIPE says that records were overwritten before they were read: it goes on with the next. */
  private int readRecord(ByteBuffer buffer) throws IOException {
    try {
      return channel.read(buffer);
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      if (!String.valueOf(e.getMessage()).contains("Broken pipe")) {
        throw e;
      }
      synchronized (this) {
        omitted++;
      }
      return 0;
    }
  }

  private synchronized void take(String text) {
    KmsgRecord record = KmsgRecord.parse(text);
    if (record == null) {
      return;
    }
    lastRecordNanos = System.nanoTime();
    LogStamp stamp = new LogStamp(record.uptimeUs() / 1000, null, record.caller());
    record.message().lines().forEach(line -> lines.line(line, stamp));
  }

  @Override
  public synchronized Said since(Instant now, @Nullable Long uptimeMs) {
    if (uptimeMs == null) {
      return Said.NOTHING;
    }
    if (TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastRecordNanos) >= TRACE_ENDS_MS) {
      lines.end();
    }
    List<KernelLogEntry> entries = new ArrayList<>();
    while (waiting.size() > MAX_HANDED_OUT) {
      waiting.removeFirst();
      omitted++;
    }
    for (Waiting each : waiting) {
      long agoMs = Math.max(0, uptimeMs - each.uptimeMs());
      entries.add(each.finding().toEntry(now.minusMillis(agoMs)));
    }
    waiting.clear();
    int left = (int) Math.min(Integer.MAX_VALUE, omitted);
    omitted = 0;
    return new Said(entries, left);
  }

  @Override
  public void close() throws IOException {
    reader.interrupt();
    channel.close();
  }

  /** Keeps what concerns the log; the rest of what parsers find is not asked for here. */
  private final class Kept implements Findings {

    @Override
    public void hog(LogStamp at, LogFinding report) {
      log(at, report);
    }

    @Override
    public void log(LogStamp at, LogFinding finding) {
      Long uptimeMs = at.uptimeMs();
      if (waiting.size() >= MAX_WAITING) {
        waiting.removeFirst();
        omitted++;
      }
      waiting.addLast(new Waiting(uptimeMs == null ? 0 : uptimeMs, finding));
    }
  }
}
