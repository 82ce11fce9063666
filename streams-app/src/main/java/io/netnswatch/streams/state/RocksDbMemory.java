package io.netnswatch.streams.state;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * One memory budget for all RocksDB stores of the process, however many partitions it has: blocks,
 * indexes, filters and write buffers are charged to one cache. (Kafka Streams developer guide,
 * "Memory Management".)
 */
public final class RocksDbMemory implements RocksDBConfigSetter {

  /** Setting of Kafka Streams that holds the budget, bytes. */
  public static final String BUDGET_CONFIG = "netnswatch.rocksdb.memory.bytes";

  /** What the budget is if nothing is set, bytes. */
  public static final long DEFAULT_BUDGET = 128L << 20;

  /** The part of the budget that write buffers may take. */
  private static final double WRITE_BUFFER_SHARE = 0.25;

  /** A store takes memory for writes in steps of this; the default would be 1 MiB for each. */
  private static final long ARENA_BLOCK_BYTES = 64 << 10;

  /** A store sets aside so much disk for the list of its files; the default would be 4 MiB. */
  private static final long MANIFEST_BYTES = 64 << 10;

  private static final int SHARD_BITS = 2;

  private static @Nullable Budget budget;

  private record Budget(Cache cache, WriteBufferManager writeBuffers) {}

  @Override
  public void setConfig(String storeName, Options options, Map<String, Object> configs) {
    Budget shared = budget(configs.get(BUDGET_CONFIG));
    BlockBasedTableConfig tables = (BlockBasedTableConfig) options.tableFormatConfig();
    tables.setBlockCache(shared.cache());
    tables.setCacheIndexAndFilterBlocks(true);
    tables.setCacheIndexAndFilterBlocksWithHighPriority(true);
    tables.setPinTopLevelIndexAndFilter(true);
    options.setTableFormatConfig(tables);
    options.setWriteBufferManager(shared.writeBuffers());
    options.setArenaBlockSize(ARENA_BLOCK_BYTES);
    options.setManifestPreallocationSize(MANIFEST_BYTES);
  }

  /** Lives as long as the process: stores of other partitions go on using it. */
  private static synchronized Budget budget(@Nullable Object configured) {
    Budget shared = budget;
    if (shared == null) {
      RocksDB.loadLibrary();
      long bytes = configured == null ? DEFAULT_BUDGET : Long.parseLong(String.valueOf(configured));
      Cache cache = new LRUCache(bytes, SHARD_BITS);
      shared =
          new Budget(cache, new WriteBufferManager((long) (bytes * WRITE_BUFFER_SHARE), cache));
      budget = shared;
    }
    return shared;
  }

  /** Nothing is of one store alone. */
  @Override
  public void close(String storeName, Options options) {}
}
