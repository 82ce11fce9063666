package io.netnswatch.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.netnswatch.command.Commands;
import io.netnswatch.detection.TestEvents;
import io.netnswatch.localcluster.ChildJvm;
import io.netnswatch.localcluster.ChildOptions;
import io.netnswatch.localcluster.LocalCluster;
import io.netnswatch.localcluster.LocalCluster.Security;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.Topics;
import io.netnswatch.streams.deadletters.DeadLettersCommand;
import io.netnswatch.streams.topics.TopicsCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * Collector and detector against a broker that demands TLS and SASL and allows nobody more than
 * streams-app/README.md says they need, and a registry that demands HTTPS and basic authentication;
 * everything they print is searched for secrets.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecureTransportIT {

  private static final Path HOME = Path.of(System.getProperty("netnswatch.home"));
  private static final Path TALKATIVE =
      HOME.resolve("testing/end-to-end/src/test/resources/talkative-logback.xml");
  private static final Topics TOPICS = Topics.withDefaultPrefix();
  private static final String HOST = "secured-host";
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** How the line begins with which the command ends that could not start. */
  private static final String CANNOT_START = "netnswatch detect: ";

  /** A detector that is killed stays in its group for a while, and the next test's waits for it. */
  private static final String COLLECTOR_PASSWORD = "c0llector-s3cret";

  private static final String DETECTOR_PASSWORD = "d3tector-s3cret";
  private static final String ADMINISTRATOR_PASSWORD = "adm1nistrator-s3cret";
  private static final String OPERATOR_PASSWORD = "0perator-s3cret";
  private static final String KSQLDB_PASSWORD = "ksqldb-s3cret";
  private static final String BROKER_PASSWORD = "br0ker-s3cret";
  private static final String REGISTRY_PASSWORD = "r3gistry-s3cret";
  private static final String STORE_PASSWORD = "st0re-s3cret";
  private static final String WRONG_PASSWORD = "wr0ng-s3cret";
  private static final List<String> SECRETS =
      List.of(
          COLLECTOR_PASSWORD,
          DETECTOR_PASSWORD,
          ADMINISTRATOR_PASSWORD,
          OPERATOR_PASSWORD,
          BROKER_PASSWORD,
          REGISTRY_PASSWORD,
          STORE_PASSWORD,
          WRONG_PASSWORD);

  @TempDir private static Path directory;

  private ServerCertificate certificate;
  private LocalCluster cluster;
  private SecuredRegistry registry;
  private Path secrets;
  private final List<ChildJvm> children = new ArrayList<>();
  private int runs;

  @BeforeAll
  void startSecured() throws Exception {
    certificate = ServerCertificate.create(directory, STORE_PASSWORD);
    cluster = LocalCluster.start(directory, new Security(broker(), brokerClient(jaas("broker"))));
    registry =
        SecuredRegistry.start(cluster.schemaRegistryUrl(), certificate, "fleet", REGISTRY_PASSWORD);
    secrets = directory.resolve("secrets.properties");
    Files.write(
        secrets,
        List.of(
            "store=" + STORE_PASSWORD,
            "registry=fleet:" + REGISTRY_PASSWORD,
            "wrong=fleet:" + WRONG_PASSWORD,
            "administrator=" + ADMINISTRATOR_PASSWORD,
            "operator=" + OPERATOR_PASSWORD));
    try (Admin admin = admin()) {
      admin.createAcls(MinimalAcls.documented(HOME)).all().get();
    }
    Answer created = run("administrator", new TopicsCommand(), "create", "--partitions=1");
    assertThat(created.exitCode()).as(created.text()).isZero();
  }

  @AfterEach
  void stopChildren() {
    children.forEach(ChildJvm::close);
    children.clear();
  }

  @AfterAll
  void noProcessHasPrintedASecret() throws Exception {
    registry.close();
    cluster.close();
    List<Path> logs;
    try (Stream<Path> files = Files.list(directory)) {
      logs = files.filter(file -> file.toString().endsWith(".log")).toList();
    }
    StringBuilder all = new StringBuilder();
    for (Path log : logs) {
      all.append(Files.readString(log));
    }
    assertThat(all).as("Kafka's lists of settings").contains("sasl.jaas.config = [hidden]");
    assertThat(SECRETS).noneMatch(secret -> all.indexOf(secret) >= 0);
  }

  @Test
  void telemetryIsPublishedReadAndDetectedOnThroughTlsAndPasswords() throws Exception {
    // When
    collector(COLLECTOR_PASSWORD, "registry");
    detector(DETECTOR_PASSWORD, "registry");

    // Then
    List<ProcSnapshot> snapshots = new ArrayList<>();
    try (KafkaConsumer<String, ProcSnapshot> consumer = consumer();
        Admin admin = admin()) {
      consumer.subscribe(List.of(TOPICS.procSnapshots()));
      await()
          .atMost(LIMIT)
          .until(
              () -> {
                for (ConsumerRecord<String, ProcSnapshot> record :
                    consumer.poll(Duration.ofMillis(200))) {
                  snapshots.add(record.value());
                }
                return snapshots.size() >= 3;
              });
      await().atMost(LIMIT).until(() -> committed(admin) >= 3);
    }
    assertThat(snapshots).extracting(ProcSnapshot::getHost).containsOnly(HOST);
    assertThat(snapshots)
        .extracting(ProcSnapshot::getSequence)
        .startsWith(0L, 1L, 2L)
        .doesNotHaveDuplicates();
  }

  @Test
  void documentedRightsSufficeForIncidentsDeadLettersAndSendingThemBack() throws Exception {
    try (Admin admin = admin();
        Sender sender = sender()) {
      // Given: a livelock among what can't be read
      sender.send(TOPICS.perfSamples(), "livelocked", "no telemetry".getBytes(UTF_8)).get();
      sender.send(TestEvents.ofHost("livelocked").livelock());

      // When
      Child detector = detector(DETECTOR_PASSWORD, "registry");

      // Then: it becomes an incident and a dead letter
      awaitCommitted(admin, TOPICS.deadLetters(), detector);
      awaitCommitted(admin, TOPICS.incidents(), detector);
      String letters = run("operator", new DeadLettersCommand()).text();
      assertThat(letters).contains("UNDECODABLE", TOPICS.perfSamples() + "-0@");

      // When: the operator sends it back
      Answer sent = run("operator", new DeadLettersCommand(), "--republish", "--yes");

      // Then: it fails again, once, and the first does not go back again
      assertThat(sent.text()).as(letters).contains("1 sent back");
      await()
          .atMost(LIMIT)
          .until(
              () ->
                  run("operator", new DeadLettersCommand(), "--json")
                      .text()
                      .contains("\"republished_count\":1"));
      assertThat(run("operator", new DeadLettersCommand(), "--republish").text())
          .contains("1 stay: each was sent back already", "1 would be sent back");
      assertThat(run("administrator", new TopicsCommand(), "check", "--partitions=1").text())
          .contains("as they must be");
    }
  }

  @Test
  void whoUsesKsqlDbCanReadOurTopicsAndNeitherDeleteThemNorWriteToThem() throws Exception {
    Map<String, Object> settings =
        new HashMap<>(brokerClient(jaas("ksqldb").replace(BROKER_PASSWORD, KSQLDB_PASSWORD)));
    settings.put("bootstrap.servers", cluster.bootstrapServers());
    try (Admin ksqlDb = Admin.create(settings);
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      assertThat(ksqlDb.describeTopics(TOPICS.all()).allTopicNames().get())
          .containsOnlyKeys(TOPICS.all());
      for (String topic : TOPICS.all()) {
        // DROP STREAM … DELETE TOPIC
        assertThat(ksqlDb.deleteTopics(List.of(topic)).all())
            .failsWithin(LIMIT)
            .withThrowableThat()
            .withCauseInstanceOf(TopicAuthorizationException.class);
        // INSERT INTO
        assertThat(producer.send(new ProducerRecord<>(topic, new byte[0])))
            .failsWithin(LIMIT)
            .withThrowableThat()
            .withCauseInstanceOf(TopicAuthorizationException.class);
      }
      String own = "ksqldb-netnswatch-CREATIONS";
      ksqlDb.createTopics(List.of(new NewTopic(own, 1, (short) 1))).all().get();
      producer.send(new ProducerRecord<>(own, new byte[0])).get();
      ksqlDb.deleteTopics(List.of(own)).all().get();
    }
  }

  @Test
  void aMissingRightIsALineThatNamesIt() throws Exception {
    // When: a group, and topics, that nobody has been given
    Child ofNoGroup = detector(DETECTOR_PASSWORD, "registry", "--application-id=unheard-of");
    Child ofNoTopics =
        detector(
            COLLECTOR_PASSWORD, settings("collector", "${env:COLLECTOR_PASSWORD}", "registry"));

    // Then
    assertThat(ofNoGroup.exitCode()).isEqualTo(1);
    assertThat(ofNoGroup.awaitLine("detector stops")).contains("unheard-of", "ACLs");
    assertThat(ofNoTopics.exitCode()).isEqualTo(1);
    assertThat(ofNoTopics.awaitLine(CANNOT_START))
        .contains(TOPICS.incidents(), TOPICS.deadLetters(), "ACLs");
  }

  @Test
  void aWrongPasswordOfTheBrokerIsALineThatNamesTheSetting() throws Exception {
    // When
    Child collector = collector(WRONG_PASSWORD, "registry");
    Child detector = detector(WRONG_PASSWORD, "registry");

    // Then: the collector keeps its events and tries again, the detector ends
    assertThat(collector.awaitLine("Kafka or the registry takes no events"))
        .contains("SaslAuthenticationException", "check sasl.jaas.config in --kafka-config");
    collector.awaitLine("events go to the spool");
    assertThat(detector.exitCode()).isEqualTo(1);
    assertThat(detector.awaitLine(CANNOT_START))
        .contains("check sasl.jaas.config in --kafka-config");
    assertThat(collector.process().isAlive()).isTrue();
  }

  @Test
  void aWrongPasswordOfTheRegistryIsALineThatNamesTheSetting() throws Exception {
    // When
    Child collector = collector(COLLECTOR_PASSWORD, "wrong");
    Child detector = detector(DETECTOR_PASSWORD, "wrong", "--create-topics");

    // Then
    String setting = "check schema.registry.basic.auth.user.info in --kafka-config";
    assertThat(collector.awaitLine("Kafka or the registry takes no events")).contains(setting);
    collector.awaitLine("events go to the spool");
    assertThat(detector.exitCode()).isEqualTo(1);
    assertThat(detector.awaitLine(CANNOT_START)).contains(setting);
    assertThat(collector.process().isAlive()).isTrue();
  }

  @Test
  void aCertificateNobodyVouchesForIsALineThatNamesTheSetting() throws Exception {
    // Given: no trust stores of their own
    List<String> settings =
        settings("collector", "${env:COLLECTOR_PASSWORD}", "registry").stream()
            .filter(line -> !line.contains("truststore"))
            .toList();

    // When
    Child collector = collector(COLLECTOR_PASSWORD, settings);
    Child detector = detector(COLLECTOR_PASSWORD, settings);

    // Then
    String setting = "check ssl.truststore.location in --kafka-config";
    assertThat(collector.awaitLine("Kafka or the registry takes no events")).contains(setting);
    assertThat(detector.exitCode()).isEqualTo(1);
    assertThat(detector.awaitLine(CANNOT_START)).contains(setting);
  }

  private Child collector(String password, String registryKey) throws IOException {
    return collector(password, settings("collector", "${env:COLLECTOR_PASSWORD}", registryKey));
  }

  private Child collector(String password, List<String> settings) throws IOException {
    return start(
        "collector",
        "collector",
        ChildOptions.COLLECTOR,
        "io.netnswatch.collector.CollectCommand",
        Map.of("COLLECTOR_PASSWORD", password),
        settings,
        "--host=" + HOST,
        "--no-perf",
        "--no-probe",
        "--snapshot-interval=1",
        "--http=off",
        "--spool-dir=" + directory.resolve("spool-" + runs));
  }

  private Child detector(String password, String registryKey, String... arguments)
      throws IOException {
    return detector(
        password, settings("detector", "${env:DETECTOR_PASSWORD}", registryKey), arguments);
  }

  private Child detector(String password, List<String> settings, String... arguments)
      throws IOException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--http=127.0.0.1:0");
    all.add("--state-dir=" + directory.resolve("state-" + runs));
    return start(
        "detector",
        "streams-app",
        ChildOptions.DETECTOR,
        "io.netnswatch.streams.DetectCommand",
        Map.of("DETECTOR_PASSWORD", password, "COLLECTOR_PASSWORD", password),
        settings,
        all.toArray(String[]::new));
  }

  private Child start(
      String name,
      String module,
      List<String> jvmOptions,
      String mainClass,
      Map<String, String> environment,
      List<String> settings,
      String... arguments)
      throws IOException {
    runs++;
    Path file = Files.write(directory.resolve(name + "-" + runs + ".properties"), settings);
    List<String> options =
        new ArrayList<>(jvmOptions.stream().filter(it -> !it.contains("logback")).toList());
    options.add("-Dlogback.configurationFile=" + TALKATIVE);
    List<String> all = new ArrayList<>();
    all.add("--bootstrap-servers=" + cluster.bootstrapServers());
    all.add("--schema-registry-url=" + registry.url());
    all.add("--kafka-config=" + file);
    all.addAll(List.of(arguments));
    ChildJvm child =
        ChildJvm.start(
            name + "-" + runs,
            directory,
            ChildJvm.classPathOf(module),
            options,
            mainClass,
            all,
            environment);
    children.add(child);
    return new Child(child);
  }

  /** A command that is over. */
  private record Answer(int exitCode, String text) {}

  /** Runs a command to its end, here. */
  private Answer run(String user, Object command, String... arguments) throws IOException {
    Path file =
        Files.write(
            directory.resolve(user + ".properties"),
            settings(user, "${file:" + secrets + ":" + user + "}", "registry"));
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--bootstrap-servers=" + cluster.bootstrapServers());
    all.add("--schema-registry-url=" + registry.url());
    all.add("--kafka-config=" + file);
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text, true);
    CommandLine line = Commands.line(command).setOut(out).setErr(out);
    return new Answer(line.execute(all.toArray(String[]::new)), text.toString());
  }

  private Sender sender() {
    Map<String, Object> settings = new HashMap<>(brokerClient(jaas("broker")));
    settings.put("bootstrap.servers", cluster.bootstrapServers());
    SchemaRegistryClient client =
        new CachedSchemaRegistryClient(
            registry.url(), 10, registryClient("fleet", REGISTRY_PASSWORD));
    return new Sender(settings, client, TOPICS);
  }

  /** A command under way, and all it prints. */
  private record Child(ChildJvm jvm) {

    Process process() {
      return jvm.process();
    }

    /**
     * Waits for a line; fails at once, with what was said instead, if the command ends without it.
     */
    String awaitLine(String words) {
      try {
        await().atMost(LIMIT).until(() -> !process().isAlive() || !lineWith(words).isEmpty());
        assertThat(lineWith(words)).as("a line with: " + words).isNotEmpty();
        return lineWith(words);
      } catch (ConditionTimeoutException | AssertionError | IOException e) {
        return fail("nothing says '" + words + "' in " + jvm.log() + ":\n" + logTail(), e);
      }
    }

    private String lineWith(String words) throws IOException {
      try (Stream<String> lines = Files.lines(jvm.log(), StandardCharsets.UTF_8)) {
        return lines.filter(line -> line.contains(words)).findFirst().orElse("");
      }
    }

    String logTail() {
      return jvm.logTail();
    }

    int exitCode() throws Exception {
      boolean ended = process().waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
      assertThat(ended).as("it goes on:\n" + logTail()).isTrue();
      return process().exitValue();
    }
  }

  // ---- settings

  /** A file as a user would write it: secrets are elsewhere. */
  private List<String> settings(String user, String password, String registryKey) {
    String store = "${file:" + secrets + ":store}";
    return List.of(
        "security.protocol=SASL_SSL",
        "sasl.mechanism=PLAIN",
        "sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required"
            + " username=\"%s\" password=\"%s\";".formatted(user, password),
        "ssl.truststore.location=" + certificate.trustStore(),
        "ssl.truststore.password=" + store,
        "schema.registry.basic.auth.credentials.source=USER_INFO",
        "schema.registry.basic.auth.user.info=${file:" + secrets + ":" + registryKey + "}",
        "schema.registry.ssl.truststore.location=" + certificate.trustStore(),
        "schema.registry.ssl.truststore.password=" + store);
  }

  private Map<String, String> broker() {
    Map<String, String> settings = new HashMap<>(brokerClient(jaas("broker")));
    settings.remove("sasl.jaas.config");
    settings.remove("security.protocol");
    settings.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,CLIENT:SASL_SSL");
    settings.put("ssl.keystore.location", certificate.keyStore().toString());
    settings.put("ssl.keystore.password", STORE_PASSWORD);
    settings.put("sasl.enabled.mechanisms", "PLAIN");
    settings.put(
        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    settings.put("super.users", "User:broker;User:ANONYMOUS"); // the latter on the controller's
    settings.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    settings.put(
        "listener.name.client.plain.sasl.jaas.config",
        jaas("broker")
            .replace(
                ";",
                " user_broker=\"%s\" user_collector=\"%s\" user_detector=\"%s\""
                        .formatted(BROKER_PASSWORD, COLLECTOR_PASSWORD, DETECTOR_PASSWORD)
                    + " user_administrator=\"%s\" user_operator=\"%s\" user_ksqldb=\"%s\";"
                        .formatted(ADMINISTRATOR_PASSWORD, OPERATOR_PASSWORD, KSQLDB_PASSWORD)));
    return settings;
  }

  private static String jaas(String user) {
    return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\""
            .formatted(user)
        + " password=\""
        + BROKER_PASSWORD
        + "\";";
  }

  private Map<String, String> brokerClient(String jaas) {
    return Map.of(
        "security.protocol",
        "SASL_SSL",
        "sasl.mechanism",
        "PLAIN",
        "sasl.jaas.config",
        jaas,
        "ssl.truststore.location",
        certificate.trustStore().toString(),
        "ssl.truststore.password",
        STORE_PASSWORD);
  }

  private Map<String, String> registryClient(String user, String password) {
    return Map.of(
        "schema.registry.basic.auth.credentials.source",
        "USER_INFO",
        "schema.registry.basic.auth.user.info",
        user + ":" + password,
        "schema.registry.ssl.truststore.location",
        certificate.trustStore().toString(),
        "schema.registry.ssl.truststore.password",
        STORE_PASSWORD);
  }

  private Admin admin() {
    Map<String, Object> config = new HashMap<>(brokerClient(jaas("broker")));
    config.put("bootstrap.servers", cluster.bootstrapServers());
    return Admin.create(config);
  }

  private static long committed(Admin admin) throws Exception {
    return admin
        .listConsumerGroupOffsets("netnswatch-detector")
        .partitionsToOffsetAndMetadata()
        .get()
        .entrySet()
        .stream()
        .filter(entry -> entry.getKey().topic().equals(TOPICS.procSnapshots()))
        .mapToLong(entry -> entry.getValue().offset())
        .sum();
  }

  private void awaitCommitted(Admin admin, String topic, Child detector) throws IOException {
    try {
      await()
          .atMost(LIMIT)
          .until(() -> !detector.process().isAlive() || committedRecords(admin, topic) > 0);
      assertThat(detector.process().isAlive()).as("detector has ended").isTrue();
    } catch (ConditionTimeoutException | AssertionError e) {
      String letters = run("operator", new DeadLettersCommand()).text();
      fail("nothing on " + topic + "\n" + letters + detector.logTail(), e);
    }
  }

  private static long committedRecords(Admin admin, String topic) throws Exception {
    TopicPartition partition = new TopicPartition(topic, 0);
    return admin
        .listOffsets(
            Map.of(partition, OffsetSpec.latest()),
            new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
        .partitionResult(partition)
        .get()
        .offset();
  }

  private KafkaConsumer<String, ProcSnapshot> consumer() {
    Map<String, Object> config = new HashMap<>(brokerClient(jaas("broker")));
    config.putAll(registryClient("fleet", REGISTRY_PASSWORD));
    config.put("bootstrap.servers", cluster.bootstrapServers());
    config.put("schema.registry.url", registry.url());
    config.put("specific.avro.reader", "true");
    config.put("group.id", "reader");
    config.put("auto.offset.reset", "earliest");
    config.put("key.deserializer", StringDeserializer.class);
    config.put("value.deserializer", KafkaAvroDeserializer.class);
    return new KafkaConsumer<>(config);
  }
}
