package io.netnswatch.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.confluent.kafka.serializers.KafkaAvroSerializer;
import io.netnswatch.command.cluster.Cluster;
import io.netnswatch.command.records.AvroSerdes;
import io.netnswatch.command.topics.TopicPlan;
import io.netnswatch.localcluster.ChildJvm;
import io.netnswatch.localcluster.ChildOptions;
import io.netnswatch.localcluster.LocalCluster;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.EventAction;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.SendTime;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.schema.Topics;
import io.netnswatch.simulator.Condition;
import io.netnswatch.simulator.Fleet;
import io.netnswatch.simulator.HostSpec;
import io.netnswatch.simulator.Simulation;
import io.netnswatch.simulator.TimelineStep.ConditionBegins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A fleet live, in real time, at the default cadence, on a detector with its defaults: how long
 * after the first blocked creation an incident can be read, what the detector takes, and how long
 * it takes to restore its state. Broker, sender and detector share this machine. Arguments: a
 * directory to work in, hosts, minutes, how many of the hosts livelock.
 */
final class LiveMain {

  private static final int SEED = 23;
  private static final int PARTITIONS = 12;
  private static final String KIND = "netns-cleanup-livelock";
  private static final String APPLICATION = "netnswatch-detector";
  private static final Duration LEAD = Duration.ofSeconds(5);
  private static final Duration WARM_UP = Duration.ofSeconds(60);
  private static final Duration TAIL = Duration.ofSeconds(60);
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private final Cluster cluster;
  private final Path directory;
  private final int hosts;

  /** By host, epoch milliseconds. */
  private final Map<String, Long> blockedSince = new ConcurrentHashMap<>();

  private final Map<String, Long> readAt = new ConcurrentHashMap<>();
  private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
  private volatile boolean sent;

  private LiveMain(LocalCluster servers, Path directory, int hosts) {
    this.cluster =
        new Cluster(
            servers.bootstrapServers(),
            servers.schemaRegistryUrl(),
            Topics.withDefaultPrefix(),
            Map.of());
    this.directory = directory;
    this.hosts = hosts;
  }

  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    int hosts = Integer.parseInt(arguments[1]);
    Duration length = Duration.ofMinutes(Integer.parseInt(arguments[2]));
    int livelocks = Integer.parseInt(arguments[3]);
    try (LocalCluster servers = LocalCluster.start(directory.resolve("servers"))) {
      new LiveMain(servers, directory, hosts).run(length, livelocks);
    }
  }

  private void run(Duration length, int livelocks) throws Exception {
    TopicPlan plan = new TopicPlan(cluster.topics(), PARTITIONS, (short) 1);
    try (Admin admin = Admin.create(cluster.clientSettings())) {
      plan.create(admin);
    }
    plan.registerSchemas(cluster.registry());
    ChildJvm detector = detector();
    await(() -> says(detector, 1));
    Thread reader = new Thread(this::readIncidents, "incidents");
    reader.start();
    long events = measure(detector, length, livelocks);
    await(() -> lag() == 0);
    sent = true;
    reader.join();
    RuntimeException failed = failure.get();
    if (failed != null) {
      throw failed;
    }
    printDelays();
    System.out.printf(
        "live heap %d MiB, resident %d MiB%n",
        liveHeapBytes(detector) >> 20, Cpu.residentMib(detector.process().pid()));
    restore(detector, events);
  }

  private ChildJvm detector() throws IOException {
    List<String> options =
        new ArrayList<>(
            List.of("-Dlogback.configurationFile=command-logback.xml", ChildOptions.AVRO));
    options.addAll(
        List.of(System.getenv().getOrDefault("DETECTOR_JVM_OPTIONS", "-Xmx512m").split(" ", -1)));
    return ChildJvm.start(
        "detector",
        directory,
        ChildJvm.classPathWithoutTests(),
        options,
        "io.netnswatch.streams.DetectCommand",
        List.of(
            "--bootstrap-servers=" + cluster.bootstrapServers(),
            "--schema-registry-url=" + cluster.schemaRegistryUrl(),
            "--state-dir=" + directory.resolve("state"),
            "--http=off"));
  }

  /** Sends, and looks at the detector after the warm-up and at the end. */
  private long measure(ChildJvm detector, Duration length, int livelocks) throws Exception {
    long pid = detector.process().pid();
    Instant start = Instant.now().plus(LEAD);
    Instant measured = start.plus(WARM_UP);
    Thread sender = new Thread(() -> send(fleet(start, length, livelocks)), "sender");
    sender.start();
    sleepUntil(measured);
    long before = taken();
    Duration cpuBefore = Cpu.withoutCompilers(pid);
    Duration allBefore = Cpu.of(pid);
    long resident = 0;
    while (sender.isAlive()) {
      sender.join(TimeUnit.SECONDS.toMillis(1));
      resident = Math.max(resident, Cpu.residentMib(pid));
    }
    double seconds = Duration.between(measured, Instant.now()).toMillis() / 1e3;
    long behind = lag();
    long events = taken();
    double cpu = Cpu.withoutCompilers(pid).minus(cpuBefore).toMillis() / 1e3;
    double all = Cpu.of(pid).minus(allBefore).toMillis() / 1e3;
    System.out.printf(
        "%,d hosts, %,.0f events/s; detector: %.1f %% of a core, with compiling %.1f %%; %,.0f"
            + " events for each second of CPU, resident at most %d MiB, %,d events behind at the"
            + " end%n",
        hosts,
        (events - before) / seconds,
        100 * cpu / seconds,
        100 * all / seconds,
        (events - before) / cpu,
        resident,
        behind);
    return events;
  }

  private Fleet fleet(Instant start, Duration length, int livelocks) {
    long between = length.minus(WARM_UP).minus(TAIL).toMillis();
    List<HostSpec> specs = new ArrayList<>();
    for (int i = 0; i < hosts; i++) {
      String name = String.format("compute-%05d.example.org", i);
      long begins = WARM_UP.toMillis() + between * i / Math.max(1, livelocks);
      specs.add(
          i < livelocks
              ? HostSpec.of(name, new ConditionBegins(begins, Condition.CLEANUP_LIVELOCK))
              : HostSpec.of(name));
    }
    return new Fleet(SEED, start, length, 0, 0, specs);
  }

  private void send(Fleet fleet) {
    KafkaAvroSerializer serializer = AvroSerdes.serializer(cluster.registry());
    Map<String, SendTime> sendTimes = new HashMap<>();
    Map<String, Object> settings = new HashMap<>(cluster.clientSettings());
    settings.put("linger.ms", "20");
    settings.put("compression.type", "lz4");
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (Iterator<TelemetryEvent> events = new Simulation(fleet).events().iterator();
          events.hasNext(); ) {
        TelemetryEvent event = events.next();
        sleepUntil(event.eventTime());
        note(event);
        String topic = cluster.topics().topicOf(event.value());
        var record =
            new ProducerRecord<>(
                topic,
                null,
                event.eventTime().toEpochMilli(),
                event.host().getBytes(UTF_8),
                requireNonNull(serializer.serialize(topic, event.value())));
        SendTime sendTime =
            sendTimes.computeIfAbsent(event.host(), host -> new SendTime(InstantSource.system()));
        record.headers().add(SendTime.HEADER, sendTime.next());
        Future<RecordMetadata> unused = producer.send(record, this::onSent);
      }
    } catch (RuntimeException e) {
      failure.compareAndSet(null, e);
    }
  }

  private void onSent(RecordMetadata record, @Nullable Exception thrown) {
    if (thrown != null) {
      failure.compareAndSet(null, new IllegalStateException("an event was not sent", thrown));
    }
  }

  private void note(TelemetryEvent event) {
    if (event.value() instanceof NetnsLatency latency
        && latency.getCommand() == NetnsCommand.ADD
        && latency.getOutcome() == CommandOutcome.STILL_RUNNING) {
      blockedSince.putIfAbsent(event.host(), latency.getStartedAt().toEpochMilli());
    }
  }

  private void readIncidents() {
    var deserializer = AvroSerdes.deserializer(cluster.registry());
    try (KafkaConsumer<byte[], byte[]> consumer = cluster.consumer()) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(cluster.topics().incidents()).stream()
              .map(it -> new TopicPartition(it.topic(), it.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      boolean last = false;
      while (!last) {
        last = sent;
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(LOOK_EVERY)) {
          Incident step = (Incident) deserializer.deserialize(record.topic(), record.value());
          if (step.getKind().equals(KIND) && step.getEventAction() == EventAction.TRIGGER) {
            readAt.putIfAbsent(step.getHost(), System.currentTimeMillis());
          }
        }
      }
    } catch (RuntimeException e) {
      failure.compareAndSet(null, e);
    }
  }

  private void printDelays() {
    List<Double> delays =
        readAt.entrySet().stream()
            .map(it -> (it.getValue() - requireNonNull(blockedSince.get(it.getKey()))) / 1e3)
            .sorted()
            .toList();
    System.out.printf("%d livelocks, %d incidents read", blockedSince.size(), delays.size());
    if (!delays.isEmpty()) {
      System.out.printf(
          "; after the begin of the first blocked creation: median %.1f s, p95 %.1f s, longest"
              + " %.1f s",
          delays.get(delays.size() / 2),
          delays.get((int) Math.ceil(0.95 * delays.size()) - 1),
          delays.get(delays.size() - 1));
    }
    System.out.println();
  }

  /** What is left after a full collection, as jcmd counts it. */
  private static long liveHeapBytes(ChildJvm child) throws IOException, InterruptedException {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(child.process().pid()),
                "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    String said = new String(jcmd.getInputStream().readAllBytes(), UTF_8);
    if (jcmd.waitFor() != 0) {
      throw new IOException("jcmd: " + said);
    }
    return said.lines()
        .filter(line -> line.startsWith("Total"))
        .mapToLong(line -> Long.parseLong(line.split("\\s+", -1)[2]))
        .findFirst()
        .orElseThrow();
  }

  /** The state is lost, and comes back from Kafka. */
  private void restore(ChildJvm detector, long events) throws Exception {
    detector.close();
    List<Path> files;
    try (Stream<Path> walk = Files.walk(directory.resolve("state"))) {
      files = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
    long changelog = changelogBytes();
    long began = System.nanoTime();
    ChildJvm again = detector();
    await(() -> says(again, 2));
    System.out.printf(
        "restored from %.1f MB of changelog (%.0f bytes an event) and running %.1f s after its"
            + " start%n",
        changelog / 1e6, (double) changelog / events, (System.nanoTime() - began) / 1e9);
    again.close();
  }

  private static boolean says(ChildJvm child, int times) throws IOException {
    if (!child.process().isAlive()) {
      throw new IOException("the detector has ended\n" + child.logTail());
    }
    try (Stream<String> lines = Files.lines(child.log())) {
      return lines.filter(line -> line.contains("detector is RUNNING")).count() >= times;
    }
  }

  private long changelogBytes() throws Exception {
    try (Admin admin = Admin.create(cluster.clientSettings())) {
      return admin.describeLogDirs(List.of(1)).allDescriptions().get().values().stream()
          .flatMap(directories -> directories.values().stream())
          .flatMap(it -> it.replicaInfos().entrySet().stream())
          .filter(replica -> replica.getKey().topic().startsWith(APPLICATION))
          .mapToLong(replica -> replica.getValue().size())
          .sum();
    }
  }

  private long taken() throws Exception {
    return committed().values().stream().mapToLong(OffsetAndMetadata::offset).sum();
  }

  private long lag() throws Exception {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    for (String topic : cluster.topics().telemetry()) {
      for (int partition = 0; partition < PARTITIONS; partition++) {
        wanted.put(new TopicPartition(topic, partition), OffsetSpec.latest());
      }
    }
    try (Admin admin = Admin.create(cluster.clientSettings())) {
      long ends =
          admin.listOffsets(wanted).all().get().values().stream()
              .mapToLong(it -> it.offset())
              .sum();
      return ends - taken();
    }
  }

  private Map<TopicPartition, OffsetAndMetadata> committed() throws Exception {
    try (Admin admin = Admin.create(cluster.clientSettings())) {
      return admin.listConsumerGroupOffsets(APPLICATION).partitionsToOffsetAndMetadata().get();
    }
  }

  private interface Is {
    boolean so() throws Exception;
  }

  private static void await(Is is) throws Exception {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!is.so()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("not within " + LIMIT);
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY.toMillis());
    }
  }

  private static void sleepUntil(Instant time) {
    for (long left = Duration.between(Instant.now(), time).toNanos();
        left > 0;
        left = Duration.between(Instant.now(), time).toNanos()) {
      LockSupport.parkNanos(left);
    }
  }
}
