package io.netnswatch.streams.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

class RocksDbMemoryTest {

  private static final long BUDGET = 48 << 20;

  /** What is being written out can't be given back at once: a quarter, the share of writes. */
  private static final long WHILE_FLUSHING = BUDGET / 4;

  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(2);
  private static final int STORES = 60;
  private static final int VALUES = 1_000;
  private static final int VALUE_BYTES = 2_000;

  @TempDir private Path directory;

  /** By default each would keep all of its 2 MB in a write buffer of its own: 120 MB. */
  @Test
  void sixtyStoresShareOneBudget() throws Exception {
    List<RocksDB> stores = new ArrayList<>();
    long largest = 0;
    for (int i = 0; i < STORES; i++) {
      stores.add(open("store-" + i));
    }

    Random random = new Random(7);
    byte[] value = new byte[VALUE_BYTES];
    for (int key = 0; key < VALUES; key++) {
      for (RocksDB store : stores) {
        random.nextBytes(value);
        store.put(bytes(key), value);
      }
      // The threads that write out may have to wait for a busy CPU, while this one need not.
      await().atMost(LONGEST).pollInterval(POLL).until(() -> !areFlushing(stores));
      largest = Math.max(largest, used(stores));
    }
    for (RocksDB store : stores) {
      for (int key = 0; key < VALUES; key += 10) {
        assertThat(store.get(bytes(key))).hasSize(VALUE_BYTES);
      }
      largest = Math.max(largest, used(stores));
    }

    assertThat(largest).isBetween(BUDGET / 8, BUDGET + WHILE_FLUSHING);
    stores.forEach(RocksDB::close);
  }

  /** As Kafka Streams opens a store. */
  private RocksDB open(String name) throws Exception {
    Options options = new Options().setCreateIfMissing(true);
    options.setTableFormatConfig(new BlockBasedTableConfig());
    new RocksDbMemory().setConfig(name, options, Map.of(RocksDbMemory.BUDGET_CONFIG, BUDGET));
    return RocksDB.open(options, Files.createDirectory(directory.resolve(name)).toString());
  }

  private static boolean areFlushing(List<RocksDB> stores) throws RocksDBException {
    for (RocksDB store : stores) {
      if (store.getLongProperty("rocksdb.mem-table-flush-pending") > 0
          || store.getLongProperty("rocksdb.num-running-flushes") > 0) {
        return true;
      }
    }
    return false;
  }

  /** Write buffers are charged to the cache, so its use is all there is. */
  private static long used(List<RocksDB> stores) throws RocksDBException {
    long cache = stores.get(0).getLongProperty("rocksdb.block-cache-usage");
    long writeBuffers = 0;
    for (RocksDB store : stores) {
      writeBuffers += store.getLongProperty("rocksdb.cur-size-all-mem-tables");
    }
    assertThat(writeBuffers).isLessThanOrEqualTo(cache);
    return cache;
  }

  private static byte[] bytes(int key) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(key).array();
  }
}
