package io.netnswatch.streams.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateRestoreListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How much of the state has still to be read back from its changelogs. */
public final class RestoreProgress implements StateRestoreListener {

  private static final Logger LOG = LoggerFactory.getLogger(RestoreProgress.class);

  private final Map<TopicPartition, Long> remaining = new ConcurrentHashMap<>();

  /** Records still to be read. */
  public long remainingRecords() {
    return remaining.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Whether any store is being restored. */
  public boolean isRestoring() {
    return !remaining.isEmpty();
  }

  @Override
  public void onRestoreStart(
      TopicPartition changelog, String store, long startingOffset, long endingOffset) {
    long records = Math.max(0, endingOffset - startingOffset);
    remaining.put(changelog, records);
    LOG.info("restoring {} of partition {}: {} records", store, changelog.partition(), records);
  }

  @Override
  public void onBatchRestored(
      TopicPartition changelog, String store, long batchEndOffset, long restored) {
    remaining.computeIfPresent(changelog, (it, before) -> Math.max(0, before - restored));
  }

  @Override
  public void onRestoreEnd(TopicPartition changelog, String store, long restored) {
    remaining.remove(changelog);
    LOG.info("restored {} of partition {}: {} records", store, changelog.partition(), restored);
  }

  @Override
  public void onRestoreSuspended(TopicPartition changelog, String store, long restored) {
    remaining.remove(changelog);
  }
}
