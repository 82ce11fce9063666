package io.netnswatch.firedrills;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.netnswatch.command.Commands;
import io.netnswatch.command.cluster.Cluster;
import io.netnswatch.command.records.AvroSerdes;
import io.netnswatch.command.topics.TopicPlan;
import io.netnswatch.localcluster.ChildJvm;
import io.netnswatch.localcluster.ChildOptions;
import io.netnswatch.localcluster.LocalCluster;
import io.netnswatch.replay.ReplayCommand;
import io.netnswatch.schema.DeadLetterHeaders;
import io.netnswatch.schema.DeadLetterReason;
import io.netnswatch.schema.Incident;
import io.netnswatch.schema.RecordJson;
import io.netnswatch.schema.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
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
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Where one drill takes place: topics and an application of its own on a shared cluster. */
final class Scene implements AutoCloseable {

  /** Event time runs faster than the clock, and so needs more grace; the replay has the same. */
  private static final int GRACE_SECONDS = 90;

  /** For an instance to which brokers assign the work. */
  static final String STREAMS_PROTOCOL = "--group-protocol=streams";

  /** For an instance that keeps copies of others' state. */
  static final String STANDBY = "--standby-replicas=1";

  private static final Duration LIMIT = Duration.ofMinutes(6);
  private static final Duration LOOK_EVERY = Duration.ofMillis(200);

  private final String name;
  private final LocalCluster servers;
  private final Path directory;
  private final Topics topics;
  private final SchemaRegistryClient registry;
  private final int partitions;
  private final Map<String, ChildJvm> instances = new TreeMap<>();

  private Scene(String name, LocalCluster servers, Path directory, int partitions) {
    this.name = name;
    this.partitions = partitions;
    this.servers = servers;
    this.directory = directory;
    this.topics = new Topics(name + ".");
    this.registry = new CachedSchemaRegistryClient(servers.schemaRegistryUrl(), 100);
  }

  /** Makes the topics. */
  static Scene open(String name, LocalCluster servers, Path directory, int partitions)
      throws Exception {
    Scene scene = new Scene(name, servers, Files.createDirectories(directory), partitions);
    TopicPlan plan = new TopicPlan(scene.topics, partitions, (short) 1);
    try (Admin admin = scene.admin()) {
      plan.create(admin);
    }
    plan.registerSchemas(scene.registry);
    return scene;
  }

  LocalCluster servers() {
    return servers;
  }

  Topics topics() {
    return topics;
  }

  /** Bytes on the brokers' disks of the topics that belong to the application alone. */
  long changelogBytes() throws ExecutionException, InterruptedException {
    return bytes(topic -> topic.startsWith(name + "-"));
  }

  /** Bytes on the brokers' disks of the telemetry. */
  long telemetryBytes() throws ExecutionException, InterruptedException {
    return bytes(topics.telemetry()::contains);
  }

  private long bytes(Predicate<String> topic) throws ExecutionException, InterruptedException {
    try (Admin admin = admin()) {
      return admin.describeLogDirs(List.of(1)).allDescriptions().get().values().stream()
          .flatMap(directories -> directories.values().stream())
          .flatMap(directory -> directory.replicaInfos().entrySet().stream())
          .filter(replica -> topic.test(replica.getKey().topic()))
          .mapToLong(replica -> replica.getValue().size())
          .sum();
    }
  }

  /** Where an instance keeps its stores. */
  Path stateDirectory(String instance) {
    return directory.resolve("state-" + instance);
  }

  /** Starts an instance, or starts it again. */
  ChildJvm start(String instance, String... more) throws IOException {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "bootstrap-servers=" + servers.bootstrapServers(),
                "schema-registry-url=" + servers.schemaRegistryUrl(),
                "topic-prefix=" + topics.prefix(),
                "application-id=" + name,
                "grace=" + GRACE_SECONDS,
                "http=off"));
    List<String> arguments = new ArrayList<>(List.of(more));
    if (!arguments.contains(STREAMS_PROTOCOL)) { // there the broker sets it
      settings.add("kafka.session.timeout.ms=6000");
      settings.add("kafka.heartbeat.interval.ms=500");
    }
    Path config = Files.write(directory.resolve("detector.properties"), settings);
    arguments.add("--config=" + config);
    arguments.add("--state-dir=" + stateDirectory(instance));
    ChildJvm child =
        ChildJvm.start(
            instance,
            directory,
            ChildJvm.classPathOf("streams-app"),
            List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx768m",
                "-Dlogback.configurationFile=command-logback.xml",
                ChildOptions.AVRO),
            "io.netnswatch.streams.DetectCommand",
            arguments);
    instances.put(instance, child);
    return child;
  }

  /** As a machine dies: nothing is closed. */
  void kill(String instance) throws InterruptedException {
    ChildJvm child = instances.remove(instance);
    if (child != null) {
      child.process().destroyForcibly().waitFor();
    }
  }

  /** As an operator stops it. */
  void stop(String instance) {
    ChildJvm child = instances.remove(instance);
    if (child != null) {
      child.close();
    }
  }

  /** Whether an instance runs. */
  boolean isAlive(String instance) {
    ChildJvm child = instances.get(instance);
    return child != null && child.process().isAlive();
  }

  /** Whether an instance has said something, in all its runs together, so many times. */
  boolean says(String instance, String words, int times) throws IOException {
    ChildJvm child = requireNonNull(instances.get(instance), instance);
    try (Stream<String> lines = Files.lines(child.log())) {
      return lines.filter(line -> line.contains(words)).count() >= times;
    }
  }

  /** Deletes an instance's stores. */
  void deleteState(String instance) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(stateDirectory(instance))) {
      files = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }

  /** Sends in the background. */
  CompletableFuture<Long> sending(Load load) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (KafkaProducer<byte[], byte[]> producer = producer()) {
            return load.send(producer, topics, registry);
          } catch (Exception e) {
            throw new IllegalStateException("load could not be sent", e);
          }
        });
  }

  KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers",
            servers.bootstrapServers(),
            "delivery.timeout.ms",
            Integer.toString(Integer.MAX_VALUE),
            "max.block.ms",
            Integer.toString(Integer.MAX_VALUE),
            "linger.ms",
            "5",
            // With batches of a few perf samples their topic would fall behind the others.
            "batch.size",
            "262144"),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  /** Of somebody who may write to the topics of telemetry. */
  HostileRecords hostileRecords(long seed) throws Exception {
    return new HostileRecords(seed, topics, registry);
  }

  /** Sends whatever a broker takes: it looks at the compressed size. */
  KafkaProducer<byte[], byte[]> hostileProducer() {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers",
            servers.bootstrapServers(),
            "enable.idempotence",
            "false", // what is refused leaves no gap then
            "compression.type",
            "gzip",
            "max.request.size",
            Integer.toString(32 << 20),
            "buffer.memory",
            Integer.toString(64 << 20)),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  /** Waits until so much of the telemetry has been judged and committed, 1 being all there is. */
  void awaitJudged(double share) throws Exception {
    await(() -> isJudged(share));
  }

  /** Whether all telemetry that there is has been judged and committed. */
  boolean isJudged() throws Exception {
    return isJudged(1);
  }

  private boolean isJudged(double share) throws Exception {
    return judgedShare() >= share;
  }

  /** The share of the telemetry that has been judged; 0 while there is no broker that knows. */
  double judgedShare() throws Exception {
    try (Admin admin = admin()) {
      long end = ends(admin);
      return end == 0 ? 0 : (double) committed(admin) / end;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RetriableException) {
        return 0;
      }
      throw e;
    }
  }

  /** Waits until so many records of telemetry are on the topics. */
  void awaitSent(long records) throws Exception {
    try (Admin admin = admin()) {
      await(() -> ends(admin) >= records);
    }
  }

  /** What is true sooner or later. */
  interface Condition {
    boolean holds() throws Exception;
  }

  /** Waits, and says what the instances said last if it takes too long. */
  void await(Condition condition) throws Exception {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        StringBuilder logs = new StringBuilder();
        instances.values().forEach(it -> logs.append(it.name()).append(it.logTail()).append('\n'));
        throw new IllegalStateException(name + ": not within " + LIMIT + "\n" + logs);
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY.toMillis());
    }
  }

  /**
   * Compares what was published with an undisturbed run over the same records, less those that came
   * too late: a busy machine may not keep up with the grace period.
   */
  Verdict verdict() throws Exception {
    List<Incident> published = new ArrayList<>();
    var deserializer = AvroSerdes.deserializer(registry);
    read(
        topics.incidents(),
        record ->
            published.add((Incident) deserializer.deserialize(record.topic(), record.value())));
    Map<String, Integer> deadLetters = new TreeMap<>();
    Map<TopicPartition, Set<Long>> late = new HashMap<>();
    read(
        topics.deadLetters(),
        record -> {
          String reason = header(record, DeadLetterHeaders.REASON);
          deadLetters.merge(reason, 1, Integer::sum);
          if (reason.equals(DeadLetterReason.LATE.name())) {
            TopicPartition from =
                new TopicPartition(
                    header(record, DeadLetterHeaders.SOURCE_TOPIC),
                    Integer.parseInt(header(record, DeadLetterHeaders.SOURCE_PARTITION)));
            late.computeIfAbsent(from, it -> new HashSet<>())
                .add(Long.parseLong(header(record, DeadLetterHeaders.SOURCE_OFFSET)));
          }
        });
    return Verdict.of(
        ofHonestHosts(published.stream().map(it -> (JsonNode) RecordJson.of(it)).toList()),
        ofHonestHosts(undisturbed(late.isEmpty() ? topics : telemetryWithout(late))),
        deadLetters);
  }

  private static String header(ConsumerRecord<byte[], byte[]> deadLetter, String name) {
    return new String(deadLetter.headers().lastHeader(name).value(), UTF_8);
  }

  /** A copy of it, each record at its offset: in the place of those is one without a value. */
  private Topics telemetryWithout(Map<TopicPartition, Set<Long>> records) throws Exception {
    Topics copies = new Topics(name + ".in-time.");
    try (Admin admin = admin()) {
      new TopicPlan(copies, partitions, (short) 1).create(admin);
    }
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    try (KafkaProducer<byte[], byte[]> producer = hostileProducer()) {
      for (int i = 0; i < topics.telemetry().size(); i++) {
        String to = copies.telemetry().get(i);
        read(
            topics.telemetry().get(i),
            record -> {
              TopicPartition from = new TopicPartition(record.topic(), record.partition());
              boolean left = records.getOrDefault(from, Set.of()).contains(record.offset());
              sent.add(
                  producer.send(
                      new ProducerRecord<>(
                          to,
                          record.partition(),
                          record.timestamp(),
                          record.key(),
                          left ? null : record.value(),
                          record.headers())));
            });
      }
    }
    for (Future<RecordMetadata> copy : sent) {
      copy.get();
    }
    return copies;
  }

  /** What is said of hosts that lie all the time is nobody's concern; but they are heard of. */
  private static List<JsonNode> ofHonestHosts(List<JsonNode> steps) {
    return steps.stream()
        .filter(step -> !step.path("host").textValue().startsWith(HostileRecords.HOSTS))
        .toList();
  }

  /** The replay has neither a group nor stores nor anything that could be disturbed. */
  private List<JsonNode> undisturbed(Topics telemetry) throws IOException {
    Path out = directory.resolve("undisturbed.jsonl");
    StringWriter said = new StringWriter();
    int exit =
        Commands.line(new ReplayCommand())
            .setOut(new PrintWriter(said))
            .setErr(new PrintWriter(said))
            .execute(
                "--bootstrap-servers=" + servers.bootstrapServers(),
                "--schema-registry-url=" + servers.schemaRegistryUrl(),
                "--topic-prefix=" + telemetry.prefix(),
                "--grace=" + GRACE_SECONDS,
                "--quiet",
                "--out=" + out);
    if (exit != 0) {
      throw new IOException("the replay failed: " + said);
    }
    List<JsonNode> steps = new ArrayList<>();
    JsonMapper json = new JsonMapper();
    for (String line : Files.readAllLines(out)) {
      steps.add(json.readTree(line));
    }
    return steps;
  }

  /**
   * All that is committed of a topic. What a killed instance had in its hands is waited for: until
   * the broker has given its transaction up, nothing behind it can be read.
   */
  private void read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> reader)
      throws Exception {
    Cluster cluster =
        new Cluster(servers.bootstrapServers(), servers.schemaRegistryUrl(), topics, Map.of());
    try (KafkaConsumer<byte[], byte[]> consumer = cluster.consumer();
        Admin admin = admin()) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(it -> new TopicPartition(topic, it.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = ends(admin, partitions);
      await(
          () -> {
            consumer.poll(LOOK_EVERY).forEach(reader);
            return partitions.stream()
                .allMatch(it -> consumer.position(it) >= requireNonNull(ends.get(it)));
          });
    }
  }

  private Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", servers.bootstrapServers()));
  }

  /** How many records of telemetry there are. */
  long telemetry() throws ExecutionException, InterruptedException {
    try (Admin admin = admin()) {
      return ends(admin);
    }
  }

  private long ends(Admin admin) throws ExecutionException, InterruptedException {
    List<TopicPartition> telemetry = new ArrayList<>();
    for (String topic : topics.telemetry()) {
      for (int partition = 0; partition < partitions; partition++) {
        telemetry.add(new TopicPartition(topic, partition));
      }
    }
    return ends(admin, telemetry).values().stream().mapToLong(it -> it).sum();
  }

  /** Where partitions end, transactions that are still open included. */
  private static Map<TopicPartition, Long> ends(Admin admin, List<TopicPartition> partitions)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    partitions.forEach(it -> latest.put(it, OffsetSpec.latest()));
    Map<TopicPartition, Long> ends = new HashMap<>();
    admin.listOffsets(latest).all().get().forEach((it, end) -> ends.put(it, end.offset()));
    return ends;
  }

  private long committed(Admin admin) throws ExecutionException, InterruptedException {
    return admin
        .listConsumerGroupOffsets(name)
        .partitionsToOffsetAndMetadata()
        .get()
        .values()
        .stream()
        .filter(it -> it != null)
        .mapToLong(OffsetAndMetadata::offset)
        .sum();
  }

  @Override
  public void close() {
    instances.values().forEach(ChildJvm::close);
    instances.clear();
  }
}
