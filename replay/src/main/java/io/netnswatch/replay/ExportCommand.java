package io.netnswatch.replay;

import io.netnswatch.command.Commands;
import io.netnswatch.command.Range;
import io.netnswatch.command.Version;
import io.netnswatch.command.cluster.Cluster;
import io.netnswatch.command.cluster.ClusterOptions;
import io.netnswatch.replay.history.ArchiveManifest;
import io.netnswatch.replay.history.ArchiveWriter;
import io.netnswatch.replay.history.EventStream;
import io.netnswatch.replay.history.RecordedEvent;
import io.netnswatch.replay.history.TimeRange;
import io.netnswatch.replay.history.TopicHistory;
import io.netnswatch.schema.DeadLetterReason;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.Release;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code netnswatch export}: a time range of the topics to an archive. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    showDefaultValues = true,
    sortOptions = false,
    description =
        "Writes a time range of the telemetry topics, and the incidents of that range, to an"
            + " archive of Avro object container files. Needs to read the cluster only.")
public final class ExportCommand implements Callable<Integer> {

  private static final int SAY_EVERY_SECONDS = 2;

  @Option(
      names = "--archive",
      paramLabel = "DIR",
      required = true,
      description = "Where to write it; must be empty, or not exist.")
  private Path archive = Path.of("");

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Mixin private RangeOptions range = new RangeOptions();

  @Range(min = "1", max = "256")
  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Partitions written at once; default: one for each CPU.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Spec private CommandSpec spec = CommandSpec.create();

  private final AtomicLong events = new AtomicLong();

  public static void main(String[] arguments) {
    System.exit(Commands.run(new ExportCommand(), arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Cluster from = cluster.cluster();
    TimeRange wanted = range.range();
    TopicHistory history = new TopicHistory(from, range.stragglers());
    createEmpty();
    Map<String, Long> unusable = new TreeMap<>();
    List<EventStream> streams = history.streams(wanted);
    try {
      writePartitions(streams, from);
      for (EventStream stream : streams) {
        for (Map.Entry<DeadLetterReason, Long> it : stream.unusable().entrySet()) {
          unusable.merge(it.getKey().name(), it.getValue(), Long::sum);
        }
      }
    } finally {
      for (EventStream stream : streams) {
        stream.close();
      }
    }
    ArchiveManifest manifest =
        new ArchiveManifest(
            ArchiveManifest.FORMAT,
            from.topics().prefix(),
            streams.size(),
            text(wanted.from()),
            text(wanted.to()),
            events.get(),
            writeIncidents(history, wanted),
            unusable,
            Release.version());
    manifest.write(archive);
    spec.commandLine()
        .getOut()
        .printf(
            "%d events of %d partitions and %d incidents in %s%n",
            manifest.events(), manifest.partitions(), manifest.incidents(), archive);
    manifest
        .unusable()
        .forEach(
            (reason, count) ->
                spec.commandLine()
                    .getOut()
                    .printf("%d records hold no event and were left out: %s%n", count, reason));
    return 0;
  }

  private static @Nullable String text(@Nullable Instant moment) {
    return moment == null ? null : moment.toString();
  }

  private void createEmpty() throws IOException {
    Files.createDirectories(archive);
    try (Stream<Path> entries = Files.list(archive)) {
      if (entries.findAny().isPresent()) {
        throw new IOException(archive + " is not empty");
      }
    }
  }

  private void writePartitions(List<EventStream> streams, Cluster from)
      throws IOException, InterruptedException {
    ExecutorService workers = Executors.newFixedThreadPool(threads, ExportCommand::worker);
    try {
      List<Future<Void>> writing = new ArrayList<>();
      for (int i = 0; i < streams.size(); i++) {
        int partition = i;
        EventStream stream = streams.get(i);
        writing.add(
            workers.submit(
                () -> {
                  write(stream, from, partition);
                  return null;
                }));
      }
      for (Future<Void> partition : writing) {
        await(partition);
      }
    } finally {
      workers.shutdownNow();
    }
  }

  private static Thread worker(Runnable work) {
    Thread thread = new Thread(work, "export");
    thread.setDaemon(true);
    return thread;
  }

  private void await(Future<Void> partition) throws IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    while (true) {
      try {
        partition.get(SAY_EVERY_SECONDS, TimeUnit.SECONDS);
        return;
      } catch (TimeoutException e) {
        err.printf("export: %,d events%n", events.get());
        err.flush();
      } catch (ExecutionException e) {
        throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
      }
    }
  }

  private void write(EventStream stream, Cluster from, int partition) throws IOException {
    try (ArchiveWriter file = ArchiveWriter.ofPartition(archive, from.topics(), partition)) {
      for (RecordedEvent next = stream.peek(); next != null; next = stream.peek()) {
        file.add(next);
        events.incrementAndGet();
        stream.advance();
      }
    }
  }

  private long writeIncidents(TopicHistory history, TimeRange wanted) throws IOException {
    try (ArchiveWriter file = ArchiveWriter.ofIncidents(archive)) {
      history.liveIncidents(
          incident -> {
            if (wanted.contains(incident.getUpdatedAt())) {
              add(file, incident);
            }
          });
      return file.count();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void add(ArchiveWriter file, Incident incident) {
    try {
      file.add(incident);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
