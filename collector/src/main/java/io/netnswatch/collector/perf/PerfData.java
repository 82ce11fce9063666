package io.netnswatch.collector.perf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The stream that {@code perf record -o -} writes
 * (tools/perf/Documentation/perf.data-file-format.txt, "pipe-mode data";
 * include/uapi/linux/perf_event.h): a head of 16 bytes, then records of type, size and content.
 * Taken in piece by piece, as it comes; records that are not needed are passed over. Not
 * thread-safe.
 */
final class PerfData {

  /** What the stream tells. */
  interface Sink {
    /**
     * One sample.
     *
     * @param pid the process; 0 is the idle task
     * @param ips addresses, innermost first, context markers among them; valid during the call
     * @param length how many there are; 0 if there is none
     */
    void sample(int pid, long[] ips, int length);

    /** So many samples are missing here. */
    void lost(long count);
  }

  private static final long MAGIC = 0x32454c4946524550L; // PERFILE2
  private static final int STREAM_HEAD_BYTES = 16;
  private static final int RECORD_HEAD_BYTES = 8;
  private static final int MAX_RECORD_BYTES = 1 << 16;

  /** PERF_MAX_STACK_DEPTH and its context markers; of a longer path the rest is passed over. */
  private static final int MAX_IPS = 160;

  private static final int LOST = 2;
  private static final int SAMPLE = 9;
  private static final int LOST_SAMPLES = 13;
  private static final int HEADER_ATTR = 64;
  private static final int HEADER_TRACING_DATA = 66;
  private static final int AUXTRACE = 71;
  private static final int COMPRESSED = 81;

  private static final int ATTR_SAMPLE_TYPE = 24;

  private static final long IP = 1;
  private static final long TID = 1 << 1;
  private static final long READ = 1 << 4;
  private static final long CALLCHAIN = 1 << 5;
  private static final long IDENTIFIER = 1 << 16;

  /** TIME, ADDR, ID, STREAM_ID, CPU and PERIOD: 8 bytes each, between TID and READ. */
  private static final long BETWEEN = 1 << 2 | 1 << 3 | 1 << 6 | 1 << 9 | 1 << 7 | 1 << 8;

  private final Sink sink;
  private final ByteBuffer pending =
      ByteBuffer.allocate(2 * MAX_RECORD_BYTES).order(ByteOrder.nativeOrder());
  private final long[] ips = new long[MAX_IPS];
  private boolean headSeen;
  private long sampleType = -1;

  PerfData(Sink sink) {
    this.sink = sink;
  }

  /**
   * Takes in the next piece; what it completes goes to the sink.
   *
   * @throws IOException if this is no such stream, or one with what was not asked for
   */
  void accept(byte[] bytes, int length) throws IOException {
    for (int at = 0; at < length; ) {
      int part = Math.min(length - at, pending.remaining());
      pending.put(bytes, at, part);
      at += part;
      pending.flip();
      records();
      pending.compact();
    }
  }

  private void records() throws IOException {
    if (!headSeen) {
      if (pending.remaining() < STREAM_HEAD_BYTES) {
        return;
      }
      if (pending.getLong() != MAGIC || pending.getLong() != STREAM_HEAD_BYTES) {
        throw new IOException("perf record wrote no perf data");
      }
      headSeen = true;
    }
    while (pending.remaining() >= RECORD_HEAD_BYTES) {
      int begin = pending.position();
      int size = Short.toUnsignedInt(pending.getShort(begin + 6));
      if (size < RECORD_HEAD_BYTES) {
        throw new IOException("perf data: record of " + size + " bytes");
      }
      if (pending.remaining() < size) {
        return;
      }
      ByteBuffer content =
          pending.slice(begin + RECORD_HEAD_BYTES, size - RECORD_HEAD_BYTES).order(pending.order());
      record(pending.getInt(begin), content);
      pending.position(begin + size);
    }
  }

  private void record(int type, ByteBuffer content) throws IOException {
    switch (type) {
      case SAMPLE -> sample(content);
      case LOST -> lost(content, Long.BYTES);
      case LOST_SAMPLES -> lost(content, 0);
      case HEADER_ATTR -> attribute(content);
      case HEADER_TRACING_DATA, AUXTRACE, COMPRESSED ->
          throw new IOException("perf data: record of type " + type + " was not asked for");
      default -> {} // names and mappings of processes, features: /proc tells what we need
    }
  }

  private void attribute(ByteBuffer content) throws IOException {
    require(content, ATTR_SAMPLE_TYPE + Long.BYTES);
    long type = content.getLong(ATTR_SAMPLE_TYPE);
    if ((type & TID) == 0 || (type & READ) != 0 || (sampleType >= 0 && type != sampleType)) {
      throw new IOException("perf data: sample type 0x" + Long.toHexString(type));
    }
    sampleType = type;
  }

  private void lost(ByteBuffer content, int at) throws IOException {
    require(content, at + Long.BYTES);
    sink.lost(content.getLong(at));
  }

  private void sample(ByteBuffer content) throws IOException {
    if (sampleType < 0) {
      throw new IOException("perf data: a sample before its attributes");
    }
    int at = (sampleType & IDENTIFIER) != 0 ? Long.BYTES : 0;
    int ipAt = at;
    at += (sampleType & IP) != 0 ? Long.BYTES : 0;
    int pidAt = at;
    at += Long.BYTES + Long.BYTES * Long.bitCount(sampleType & BETWEEN);
    require(content, at);
    int count = 0;
    if ((sampleType & CALLCHAIN) != 0) {
      require(content, at + Long.BYTES);
      long frames = content.getLong(at);
      if (frames < 0 || frames > (content.limit() - at) / Long.BYTES - 1) {
        throw new IOException("perf data: " + frames + " frames in a record too short for them");
      }
      count = (int) Math.min(frames, MAX_IPS);
      for (int i = 0; i < count; i++) {
        ips[i] = content.getLong(at + (i + 1) * Long.BYTES);
      }
    }
    if (count == 0 && (sampleType & IP) != 0) {
      ips[0] = content.getLong(ipAt);
      count = 1;
    }
    sink.sample(content.getInt(pidAt), ips, count);
  }

  private static void require(ByteBuffer content, int bytes) throws IOException {
    if (content.limit() < bytes) {
      throw new IOException("perf data: record cut off after " + content.limit() + " bytes");
    }
  }
}
