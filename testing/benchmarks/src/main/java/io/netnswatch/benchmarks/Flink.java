package io.netnswatch.benchmarks;

import io.netnswatch.benchmarks.peers.FlinkJoin;
import org.apache.flink.core.execution.JobClient;
import org.jspecify.annotations.Nullable;

/** The join in Flink, in this process. */
final class Flink implements Contender {

  private final FlinkJoin join;
  private @Nullable JobClient job;

  Flink(FlinkJoin join) {
    this.join = join;
  }

  @Override
  public void start() throws Exception {
    job = join.start();
  }

  @Override
  public long processed() {
    return FlinkJoin.takenUp();
  }

  @Override
  public long alarms() {
    return FlinkJoin.alarms();
  }

  @Override
  public void stop() throws Exception {
    if (job != null) {
      job.cancel().get();
    }
  }
}
