package io.netnswatch.streams.query;

import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.schema.Topics;
import io.netnswatch.streams.state.StoredHost;
import org.jspecify.annotations.Nullable;

/**
 * Where the newest records of a host stand.
 *
 * @param perfSample null if none has come
 * @param procSnapshot null if none has come
 */
public record LatestRecords(@Nullable SourceRef perfSample, @Nullable SourceRef procSnapshot) {

  static LatestRecords of(StoredHost host, Topics topics) {
    return new LatestRecords(
        place(topics.perfSamples(), host.partition(), host.perfSample()),
        place(topics.procSnapshots(), host.partition(), host.procSnapshot()));
  }

  private static @Nullable SourceRef place(String topic, int partition, long offset) {
    return offset == StoredHost.NONE ? null : new SourceRef(topic, partition, offset);
  }
}
