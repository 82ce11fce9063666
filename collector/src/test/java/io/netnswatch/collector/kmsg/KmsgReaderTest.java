package io.netnswatch.collector.kmsg;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.awaitility.Durations.ONE_MINUTE;

import io.netnswatch.schema.KernelLogEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KmsgReaderTest {

  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  /** One record a read, as the device gives them; blocks where there is none. */
  private static final class Device implements ReadableByteChannel {
    private static final String OVERWRITTEN = "overwritten";
    final BlockingQueue<String> records = new LinkedBlockingQueue<>();
    private volatile boolean open = true;

    void logAt95Seconds(int priority, String... lines) {
      for (String line : lines) {
        records.add(priority + ",3,95000000,-;" + line + "\n");
      }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
      try {
        String record = records.take();
        if (record.equals(OVERWRITTEN)) {
          throw new IOException("Broken pipe");
        }
        byte[] bytes = record.getBytes(UTF_8);
        into.put(bytes);
        return bytes.length;
      } catch (InterruptedException e) {
        throw new ClosedChannelException();
      }
    }

    @Override
    public boolean isOpen() {
      return open;
    }

    @Override
    public void close() {
      open = false;
    }
  }

  private final Device device = new Device();

  @Test
  void tracesAndLinesOfInterestWithTheTimeTheyWereLogged() throws IOException {
    try (KmsgReader reader = KmsgReader.start(device)) {
      device.records.add("6,1,1000000,-;br0: port 3(v37) entered blocking state\n");
      device.records.add(
          "0,2,90000000,-;unregister_netdevice: waiting for lo to become free. Usage count = 4\n");
      device.logAt95Seconds(
          3,
          "INFO: task modprobe:812 blocked for more than 120 seconds.",
          "task:modprobe        state:D stack:0     pid:812   tgid:812   ppid:811   "
              + " flags:0x00004000",
          "Call Trace:",
          " register_pernet_operations+0x36/0x110");

      List<KernelLogEntry> entries = awaitEntries(reader, 2);

      assertThat(entries)
          .extracting(KernelLogEntry::getCategory)
          .containsExactly("DEVICE_REFERENCE", "HUNG_TASK");
      assertThat(entries.get(0).getLoggedAt()).isEqualTo(NOW.minusSeconds(10));
      assertThat(entries.get(1).getStack()).containsExactly("register_pernet_operations");
    }
  }

  @Test
  void aTaskThatAnOopsEndedIsDead() throws IOException {
    try (KmsgReader reader = KmsgReader.start(device)) {
      device.logAt95Seconds(
          1,
          "BUG: kernel NULL pointer dereference, address: 0000000000000008",
          "#PF: supervisor write access in kernel mode",
          "Oops: 0002 [#1] PREEMPT SMP NOPTI",
          "CPU: 5 PID: 22110 Comm: unshare Tainted: G O 6.1.0-18-amd64 #1 Debian 6.1.76-1",
          "RIP: 0010:vendor_net_init+0x3e/0xa0 [vendornet]",
          "Call Trace:",
          " <TASK>",
          " ? page_fault_oops+0xd2/0x2b0",
          " ops_init+0x36/0x120",
          " setup_net+0x156/0x2f0",
          " copy_net_ns+0x13a/0x270",
          " </TASK>",
          "---[ end trace 0000000000000000 ]---");

      KernelLogEntry oops = awaitEntries(reader, 1).get(0);

      assertThat(oops.getState()).isEqualTo("X");
      assertThat(oops.getPid()).isEqualTo(22110);
      assertThat(oops.getStack())
          .containsExactly("vendor_net_init", "ops_init", "setup_net", "copy_net_ns");
    }
  }

  @Test
  void whoKeptACpuIsToldWhateverItDoes() throws IOException {
    try (KmsgReader reader = KmsgReader.start(device)) {
      device.logAt95Seconds(
          1,
          "watchdog: BUG: soft lockup - CPU#3 stuck for 26s! [spinner:777]",
          "CPU: 3 PID: 777 Comm: spinner Not tainted 6.8.0-40-generic #40-Ubuntu",
          "RIP: 0010:rtl_loop+0x12/0x40 [rtl]",
          "Call Trace:",
          " <TASK>",
          " rtl_ioctl+0x22/0x80 [rtl]",
          " </TASK>");

      KernelLogEntry lockup = awaitEntries(reader, 1).get(0);

      assertThat(lockup.getCategory()).isEqualTo("SOFT_LOCKUP");
      assertThat(lockup.getPid()).isEqualTo(777);
      assertThat(lockup.getComm()).isEqualTo("spinner");
      assertThat(lockup.getStack()).startsWith("rtl_loop", "rtl_ioctl");
    }
  }

  @Test
  void aFloodIsBoundedAndWhatWasLostIsCounted() throws IOException {
    try (KmsgReader reader = KmsgReader.start(device)) {
      device.records.add(Device.OVERWRITTEN);
      for (int i = 0; i < 600; i++) {
        device.records.add(
            "0,%d,90000000,-;unregister_netdevice: waiting for v%d to become free. Usage count = 1%n"
                .formatted(i, i));
      }
      await().atMost(ONE_MINUTE).until(device.records::isEmpty);

      int[] handedOut = {0, 0};
      await()
          .atMost(ONE_MINUTE)
          .until(
              () -> {
                KernelLog.Said said = reader.since(NOW, 100_000L);
                assertThat(said.entries()).hasSizeLessThanOrEqualTo(32);
                handedOut[0] += said.entries().size();
                handedOut[1] += said.omitted();
                return handedOut[0] + handedOut[1] == 601;
              });
      assertThat(handedOut[1]).isPositive();
    }
  }

  @Test
  void whereItIsForbiddenItSaysSo(@TempDir Path folder) {
    assertThat(KmsgReader.unavailable(folder.resolve("none")))
        .hasValueSatisfying(words -> assertThat(words).contains("does not exist"));
  }

  private static List<KernelLogEntry> awaitEntries(KmsgReader reader, int count) {
    List<KernelLogEntry> entries = new ArrayList<>();
    await()
        .atMost(ONE_MINUTE)
        .until(
            () -> {
              entries.addAll(reader.since(NOW, 100_000L).entries());
              return entries.size() >= count;
            });
    return entries;
  }
}
