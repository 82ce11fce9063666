package io.netnswatch.collector.perf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes what {@code perf record -o -} writes. */
final class PerfStream {

  /** Functions of the addresses below, in the order of a kernel with modules. */
  static final String KALLSYMS =
      """
      0000000000000000 A fixed_percpu_data
      ffffffff81000000 T _stext
      ffffffff81000100 t inet_evict_bucket
      ffffffff81000200 T cleanup_net
      ffffffff81000300 D a_variable
      ffffffff81000400 T ret_from_fork
      ffffffffc0002000 t late_in_module\t[nf_conntrack]
      ffffffffc0001000 t early_in_module\t[nf_defrag_ipv6]
      """;

  static final long KERNEL_MARK = -128;
  static final long USER_MARK = -512;
  static final long IN_EVICT_BUCKET = 0xffffffff81000110L;
  static final long IN_CLEANUP_NET = 0xffffffff81000210L;
  static final long IN_RET_FROM_FORK = 0xffffffff81000410L;

  /** IP, TID, TIME, CALLCHAIN, ID, CPU, PERIOD, as perf 6.1 records cpu-clock:k. */
  private static final long SAMPLE_TYPE = 1 | 1 << 1 | 1 << 2 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 8;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  PerfStream() {
    bytes.writeBytes(longs(0x32454c4946524550L, 16));
    record(64, longs(1L | 128L << 32, 0, 99, SAMPLE_TYPE, 0, 0, 0, 0));
  }

  /** The stream of so many samples of the spinning worker, pid 5. */
  static byte[] spinningWorker(int samples) {
    PerfStream stream = new PerfStream();
    for (int i = 0; i < samples; i++) {
      stream.sample(5, KERNEL_MARK, IN_EVICT_BUCKET, IN_CLEANUP_NET, IN_RET_FROM_FORK);
    }
    return stream.bytes();
  }

  PerfStream sample(int pid, long... ips) {
    byte[] bytesOfSample = new byte[8 * (7 + ips.length)];
    ByteBuffer content = ByteBuffer.wrap(bytesOfSample).order(ByteOrder.nativeOrder());
    content.putLong(ips.length == 0 ? IN_CLEANUP_NET : ips[0]).putInt(pid).putInt(pid);
    content.putLong(1_000).putLong(17).putInt(0).putInt(0).putLong(10_101_010);
    content.putLong(ips.length);
    for (long ip : ips) {
      content.putLong(ip);
    }
    return record(9, bytesOfSample);
  }

  PerfStream lost(long count) {
    return record(2, longs(17, count));
  }

  PerfStream record(int type, byte[] content) {
    byte[] head = new byte[8];
    ByteBuffer.wrap(head)
        .order(ByteOrder.nativeOrder())
        .putInt(type)
        .putShort((short) 0)
        .putShort((short) (8 + content.length));
    bytes.writeBytes(head);
    bytes.writeBytes(content);
    return this;
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }

  static byte[] longs(long... numbers) {
    byte[] content = new byte[8 * numbers.length];
    ByteBuffer.wrap(content).order(ByteOrder.nativeOrder()).asLongBuffer().put(numbers);
    return content;
  }
}
