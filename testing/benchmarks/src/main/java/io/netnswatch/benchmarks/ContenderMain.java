package io.netnswatch.benchmarks;

import io.netnswatch.command.cluster.Cluster;
import io.netnswatch.schema.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One contender in a JVM of its own: warms up for 30 s or two thirds of the events, is measured for
 * 15 s or the rest of them, whichever comes first, and prints the result.
 */
public final class ContenderMain {

  /** Before the line with the result. */
  static final String RESULT = "RESULT ";

  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration WARM_UP = Duration.ofSeconds(30);
  private static final Duration MEASURED = Duration.ofSeconds(15);
  private static final long LOOK_EVERY_MS = 10;

  private static final long PID = ProcessHandle.current().pid();

  private ContenderMain() {}

  public static void main(String[] arguments) throws Exception {
    Contenders contenders = Contenders.valueOf(arguments[0]);
    Cluster cluster = new Cluster(arguments[1], arguments[2], new Topics(arguments[3]), Map.of());
    Path work = Path.of(arguments[4]);
    long events = Long.parseLong(arguments[5]);
    Contender contender = contenders.open(cluster, work);
    contender.start();
    await(contender, 1, START_LIMIT);
    long from = await(contender, events * 2 / 3, WARM_UP);
    long beganNs = System.nanoTime();
    Duration cpuBefore = Cpu.withoutCompilers(PID);
    long to = await(contender, events, MEASURED);
    double seconds = (System.nanoTime() - beganNs) / 1e9;
    double cpuSeconds = Cpu.withoutCompilers(PID).minus(cpuBefore).toMillis() / 1e3;
    long count = to - from;
    System.out.println(
        RESULT + count / seconds + " " + count / cpuSeconds + " " + to + " " + contender.alarms());
    contender.stop();
    System.exit(0); // Flink's and Confluent's threads would go on
  }

  /** Waits for so many events, but not longer; returns how many there are then. */
  private static long await(Contender contender, long count, Duration limit)
      throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    long processed = contender.processed();
    while (processed < count && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
      processed = contender.processed();
    }
    return processed;
  }
}
