package io.netnswatch.firedrills;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netnswatch.localcluster.ChildJvm;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;

/** All drills. */
final class Drills {

  private static final String A = "a";
  private static final String B = "b";

  private static final long HOSTILE_SEED = 19;
  private static final int HOSTILE_IN_FLIGHT = 50;
  private static final long HOSTILE_PAUSE_MS = 3;
  private static final long PRESS_EVERY_MS = 100;

  private Drills() {}

  /**
   * The drills.
   *
   * @param away how long a server stays away
   */
  static List<Drill> all(Duration away) {
    return List.of(
        new Drill("undisturbed", "nothing, as a control", Drills::undisturbed),
        new Drill("kill", "kill -9 of the only instance, three times under load", Drills::kill),
        new Drill("take-over", "kill -9 of one of two instances for good", Drills::takeOver),
        new Drill(
            "standby", "kill -9 of one of two that hold each other's copies", Drills::standby),
        new Drill(
            "stalled",
            "one of two stands still for so long that its transaction is aborted, then goes on",
            Drills::stalled),
        new Drill(
            "streams-protocol", "take-over, and brokers assign the work", Drills::streamsProtocol),
        new Drill("rebalance", "a second instance comes and goes, three times", Drills::rebalance),
        new Drill("broker-restart", "the broker is stopped and started", Drills::brokerRestart),
        new Drill(
            "broker-away",
            "no broker for " + away.toSeconds() + " s",
            (scene, load) -> brokerAway(scene, load, away)),
        new Drill(
            "registry-away",
            "a new instance, and a registry that does not answer for " + away.toSeconds() + " s",
            (scene, load) -> registryAway(scene, load, away)),
        new Drill("state-lost", "the state directory is deleted after a kill", Drills::stateLost),
        new Drill(
            "state-vanishes",
            "it is deleted under the instance, which then gets tasks of another one",
            Drills::stateVanishes),
        new Drill("state-corrupt", "stores are overwritten after a kill", Drills::stateCorrupt),
        new Drill("disk-full", "the state directory's disk is full", Drills::diskFull),
        new Drill("poison", "bad, huge and foreign records among good ones", Drills::poison),
        new Drill(
            "hostile",
            "records of every kind that no collector would send, among good ones",
            Drills::hostile),
        new Drill("twins", "of each host's name there is another, healthy host", Drills::twins),
        new Drill(
            "slow-http",
            "more connections than are taken, half open, slow and greedy",
            Drills::slowHttp),
        new Drill("clocks-fast", "backlog; a tenth of the clocks 40 min fast", Drills::clocksFast),
        new Drill("clocks-slow", "backlog; a tenth of the clocks 3 h slow", Drills::clocksSlow),
        new Drill("burst", "ten times the load", Drills::burst),
        new Drill("loud-host", "one host sends a hundred times as much", Drills::loudHost));
  }

  private static void undisturbed(Scene scene, Load load) throws Exception {
    scene.start(A);
    CompletableFuture<Long> sending = scene.sending(load);
    sending.get();
    scene.awaitJudged(1);
  }

  private static void kill(Scene scene, Load load) throws Exception {
    Random random = new Random(5);
    scene.start(A);
    CompletableFuture<Long> sending = scene.sending(load);
    for (int i = 1; i <= 3; i++) {
      scene.awaitSent(1_000L * i + random.nextInt(500));
      scene.awaitJudged(0.3 + 0.4 * random.nextDouble());
      scene.kill(A);
      scene.start(A);
    }
    sending.get();
    scene.awaitJudged(1);
  }

  private static void takeOver(Scene scene, Load load) throws Exception {
    scene.start(A);
    scene.start(B);
    CompletableFuture<Long> sending = scene.sending(load);
    scene.awaitSent(2_000);
    scene.awaitJudged(0.5);
    scene.kill(B);
    sending.get();
    scene.awaitJudged(1);
  }

  private static void standby(Scene scene, Load load) throws Exception {
    scene.start(A, Scene.STANDBY);
    scene.start(B, Scene.STANDBY);
    CompletableFuture<Long> sending = scene.sending(load);
    scene.awaitSent(2_000);
    scene.awaitJudged(0.5);
    scene.kill(B);
    sending.get();
    scene.awaitJudged(1);
  }

  private static void stalled(Scene scene, Load load) throws Exception {
    scene.start(A);
    ChildJvm stalled = scene.start(B);
    CompletableFuture<Long> sending = scene.sending(load);
    scene.awaitSent(2_000);
    scene.awaitJudged(0.5);
    run("kill", "-STOP", Long.toString(stalled.process().pid()));
    try {
      scene.awaitSent(scene.telemetry() + 20_000); // longer than transaction and session may last
      scene.awaitJudged(0.8); // by the other one alone
    } finally {
      run("kill", "-CONT", Long.toString(stalled.process().pid()));
    }
    sending.get();
    scene.awaitJudged(1);
  }

  private static void twins(Scene scene, Load load) throws Exception {
    scene.start(A);
    CompletableFuture<Long> sending = scene.sending(load);
    scene.sending(load.twins()).get();
    sending.get();
    scene.awaitJudged(1);
  }

  /** Health is asked for all the while, as a kubelet does. */
  private static void slowHttp(Scene scene, Load load) throws Exception {
    ChildJvm detector = scene.start(A, "--http=127.0.0.1:0");
    scene.await(() -> scene.says(A, Crowd.ADDRESS_FOLLOWS, 1));
    CompletableFuture<Long> sending = scene.sending(load);
    try (Crowd crowd = new Crowd(Crowd.address(detector.log()))) {
      while (!sending.isDone()) {
        crowd.press();
        crowd.isAlive();
        TimeUnit.MILLISECONDS.sleep(PRESS_EVERY_MS); // a rate
      }
    }
    sending.get();
    scene.awaitJudged(1);
  }

  private static void streamsProtocol(Scene scene, Load load) throws Exception {
    scene.start(A, Scene.STREAMS_PROTOCOL);
    scene.start(B, Scene.STREAMS_PROTOCOL);
    CompletableFuture<Long> sending = scene.sending(load);
    scene.awaitSent(2_000);
    scene.awaitJudged(0.5);
    scene.kill(B);
    sending.get();
    scene.awaitJudged(1);
  }

  private static void rebalance(Scene scene, Load load) throws Exception {
    scene.start(A);
    CompletableFuture<Long> sending = scene.sending(load);
    for (int i = 1; i <= 3; i++) {
      int times = i;
      scene.awaitSent(1_000L * i);
      scene.start(B);
      scene.await(() -> scene.says(B, "detector is RUNNING", times));
      scene.awaitJudged(0.5);
      scene.stop(B);
    }
    sending.get();
    scene.awaitJudged(1);
  }

  private static void brokerRestart(Scene scene, Load load) throws Exception {
    scene.start(A);
    CompletableFuture<Long> sending = scene.sending(load);
    scene.awaitJudged(0.05);
    scene.servers().restartBroker();
    sending.get();
    scene.awaitJudged(1);
  }

  private static void brokerAway(Scene scene, Load load, Duration away) throws Exception {
    scene.start(A);
    CompletableFuture<Long> sending = scene.sending(load);
    scene.awaitJudged(0.05);
    scene.servers().stopBroker();
    TimeUnit.SECONDS.sleep(away.toSeconds()); // being away is the drill
    scene.servers().restartBroker();
    sending.get();
    scene.awaitJudged(1);
  }

  private static void registryAway(Scene scene, Load load, Duration away) throws Exception {
    CompletableFuture<Long> sending = scene.sending(load);
    scene.awaitSent(2_000);
    sending.get();
    ChildJvm registry =
        scene.servers().children().stream()
            .filter(child -> child.name().equals("schema-registry"))
            .findFirst()
            .orElseThrow();
    run("kill", "-STOP", Long.toString(registry.process().pid()));
    try {
      scene.start(A);
      TimeUnit.SECONDS.sleep(away.toSeconds()); // being away is the drill
    } finally {
      run("kill", "-CONT", Long.toString(registry.process().pid()));
    }
    scene.awaitJudged(1);
  }

  private static void stateLost(Scene scene, Load load) throws Exception {
    scene.start(A);
    CompletableFuture<Long> sending = scene.sending(load);
    scene.awaitSent(2_000);
    scene.awaitJudged(0.5);
    scene.kill(A);
    scene.deleteState(A);
    scene.start(A);
    sending.get();
    scene.awaitJudged(1);
  }

  private static void stateVanishes(Scene scene, Load load) throws Exception {
    scene.start(A);
    CompletableFuture<Long> sending = scene.sending(load);
    scene.awaitSent(2_000);
    scene.awaitJudged(0.5);
    scene.deleteState(A);
    scene.start(B);
    scene.await(() -> scene.says(B, "detector is RUNNING", 1));
    scene.stop(B);
    sending.get();
    awaitJudgedByWhoeverLives(scene);
  }

  private static void stateCorrupt(Scene scene, Load load) throws Exception {
    Random random = new Random(9);
    scene.start(A);
    CompletableFuture<Long> sending = scene.sending(load);
    scene.awaitSent(2_000);
    scene.awaitJudged(0.5);
    scene.stop(A); // closed properly, so that all is in files
    try (Stream<Path> files = Files.walk(scene.stateDirectory(A))) {
      for (Path file : files.filter(Drills::isOfRocksDb).toList()) {
        try (RandomAccessFile store = new RandomAccessFile(file.toFile(), "rw")) {
          byte[] junk = new byte[(int) Math.min(store.length(), 64)];
          random.nextBytes(junk);
          store.seek((store.length() - junk.length) / 2);
          store.write(junk);
        }
      }
    }
    scene.start(A);
    sending.get();
    awaitJudgedByWhoeverLives(scene);
  }

  private static boolean isOfRocksDb(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".sst") || name.startsWith("MANIFEST");
  }

  private static void diskFull(Scene scene, Load load) throws Exception {
    Path disk = Files.createDirectories(scene.stateDirectory(A));
    run("mount", "-t", "tmpfs", "-o", "size=64m", "none", disk.toString());
    try {
      scene.start(A);
      CompletableFuture<Long> sending = scene.sending(load);
      scene.awaitSent(2_000);
      scene.awaitJudged(0.2);
      Path ballast = disk.resolve("ballast");
      for (int times = 1; times <= 2; times++) {
        awaitTrouble(scene, ballast, times);
        scene.stop(A); // writes out what it has in memory, or can't
        fill(ballast);
        scene.start(A);
      }
      sending.get();
      Files.delete(ballast);
      awaitJudgedByWhoeverLives(scene);
    } finally {
      scene.stop(A);
      run("umount", disk.toString());
    }
  }

  /** Keeps the disk full, for stores that are deleted make room, until that has been felt. */
  private static void awaitTrouble(Scene scene, Path ballast, int times) throws Exception {
    scene.await(
        () -> {
          fill(ballast);
          return !scene.isAlive(A)
              || scene.isJudged()
              || scene.says(A, "restores the thread's stores", times);
        });
  }

  /** As a service manager does, starts it again whenever it ends. */
  private static void awaitJudgedByWhoeverLives(Scene scene) throws Exception {
    scene.await(
        () -> {
          if (!scene.isAlive(A)) {
            scene.start(A);
          }
          return scene.isJudged();
        });
  }

  private static void poison(Scene scene, Load load) throws Exception {
    scene.start(A);
    CompletableFuture<Long> sending = scene.sending(load.withHugeEvents());
    String topic = scene.topics().perfSamples();
    byte[] key = "host-1".getBytes(UTF_8);
    byte[] unknownSchema = ByteBuffer.allocate(64).put((byte) 0).putInt(999_999).array();
    byte[] zeros = new byte[1_000_000];
    try (KafkaProducer<byte[], byte[]> producer = scene.producer()) {
      for (int i = 1; i <= 10; i++) {
        scene.awaitSent(200L * i);
        producer.send(new ProducerRecord<>(topic, key, "no Avro".getBytes(UTF_8))).get();
        producer.send(new ProducerRecord<>(topic, key, unknownSchema)).get();
        producer.send(new ProducerRecord<>(topic, key, null)).get();
        producer.send(new ProducerRecord<>(topic, key, zeros)).get();
        refused(producer, new ProducerRecord<>(topic, key, new byte[2_000_000]));
      }
    }
    sending.get();
    scene.awaitJudged(1);
  }

  /** Seeded: what broke it once is sent again. */
  @SuppressWarnings("FutureReturnValueIgnored") // what the broker refuses has done no harm
  private static void hostile(Scene scene, Load load) throws Exception {
    scene.start(A);
    CompletableFuture<Long> sending = scene.sending(load);
    scene.awaitSent(1_000); // whoever lies is one among hosts that were there before
    HostileRecords hostile = scene.hostileRecords(HOSTILE_SEED);
    Semaphore inFlight = new Semaphore(HOSTILE_IN_FLIGHT);
    try (KafkaProducer<byte[], byte[]> producer = scene.hostileProducer()) {
      while (!sending.isDone()) {
        inFlight.acquire();
        producer.send(hostile.next(), (written, refused) -> inFlight.release());
        TimeUnit.MILLISECONDS.sleep(HOSTILE_PAUSE_MS); // a rate
      }
    }
    sending.get();
    scene.awaitJudged(1);
    if (!scene.isAlive(A) || scene.says(A, "a thread has failed", 1)) {
      throw new IllegalStateException("the detector ended, or had to begin anew");
    }
  }

  private static void refused(
      KafkaProducer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record)
      throws InterruptedException {
    try {
      producer.send(record).get();
      throw new IllegalStateException("2 MB were taken");
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof RecordTooLargeException)) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static void clocksFast(Scene scene, Load load) throws Exception {
    scene.sending(load.withClockOffset(Duration.ofMinutes(40))).get();
    scene.start(A);
    scene.awaitJudged(1);
  }

  private static void clocksSlow(Scene scene, Load load) throws Exception {
    scene.sending(load.withClockOffset(Duration.ofHours(-3))).get();
    scene.start(A);
    scene.awaitJudged(1);
  }

  private static void burst(Scene scene, Load load) throws Exception {
    scene.start(A);
    scene.sending(load.lasting(load.lasts().dividedBy(10))).get();
    scene.awaitJudged(1);
  }

  private static void loudHost(Scene scene, Load load) throws Exception {
    scene.start(A);
    CompletableFuture<Long> sending = scene.sending(load);
    scene.sending(load.ofOneHost(100)).get();
    sending.get();
    scene.awaitJudged(1);
  }

  /** Appends until nothing more fits. */
  private static void fill(Path file) throws IOException {
    byte[] block = new byte[1 << 16];
    long fits = Files.getFileStore(file.getParent()).getTotalSpace();
    try (OutputStream out =
        Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (long written = 0; written <= fits; written += block.length) {
        out.write(block);
      }
    } catch (IOException e) {
      if (Files.size(file) == 0) {
        throw e;
      }
      return;
    }
    throw new IllegalStateException(file + " took more than its disk has");
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + process.exitValue());
    }
  }
}
