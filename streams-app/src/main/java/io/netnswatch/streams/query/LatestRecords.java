package io.netnswatch.streams.query;

import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.schema.Topics;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the newest sample and snapshot of each host stand, so that they can be read whole without
 * being stored twice. In memory only: some hundred bytes a host, known again when a host speaks.
 */
public final class LatestRecords {

  private static final OfHost NONE = new OfHost(null, null);

  private final Topics topics;
  private final Map<String, OfHost> byHost = new ConcurrentHashMap<>();

  /**
   * Of one host.
   *
   * @param perfSample null if none has come since the start
   * @param procSnapshot null if none has come since the start
   */
  public record OfHost(@Nullable SourceRef perfSample, @Nullable SourceRef procSnapshot) {}

  /** None yet, of these topics. */
  public LatestRecords(Topics topics) {
    this.topics = topics;
  }

  /** A record of a host was read. */
  public void add(String host, SourceRef at) {
    boolean perf = at.topic().equals(topics.perfSamples());
    if (perf || at.topic().equals(topics.procSnapshots())) {
      byHost.merge(
          host,
          perf ? new OfHost(at, null) : new OfHost(null, at),
          (known, now) ->
              perf ? new OfHost(at, known.procSnapshot()) : new OfHost(known.perfSample(), at));
    }
  }

  /** A host is no longer known. */
  public void forget(String host) {
    byHost.remove(host);
  }

  /** Those of a host. */
  public OfHost of(String host) {
    return byHost.getOrDefault(host, NONE);
  }
}
