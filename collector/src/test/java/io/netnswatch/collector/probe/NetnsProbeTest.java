package io.netnswatch.collector.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.awaitility.Durations.ONE_MINUTE;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netnswatch.collector.Alertness;
import io.netnswatch.collector.Capabilities;
import io.netnswatch.collector.Emitter;
import io.netnswatch.collector.Envelope;
import io.netnswatch.collector.proc.ProcSource;
import io.netnswatch.schema.CommandOutcome;
import io.netnswatch.schema.InterestReason;
import io.netnswatch.schema.NetnsCommand;
import io.netnswatch.schema.NetnsCounts;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TaskCounts;
import io.netnswatch.schema.TaskOfInterest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class NetnsProbeTest {

  private static final Path PROC = Path.of("/proc");
  private static final Path RUN_NETNS = Path.of("/run/netns");
  private static final long OWN_PID = ProcessHandle.current().pid();
  private static final Duration LONG = Duration.ofSeconds(50);

  @TempDir private Path directory;
  private Path netns = Path.of("");
  private final List<NetnsLatency> records = new CopyOnWriteArrayList<>();
  private final Emitter emitter =
      new Emitter(
          new Envelope("node-1", "boot", "4.15.1", Instant.EPOCH),
          event -> records.add((NetnsLatency) event.value()));

  @BeforeEach
  void makeNetnsFolder() throws IOException {
    netns = Files.createDirectory(directory.resolve("netns"));
  }

  @Test
  void theRealIpAddsListsAndDeletes() throws Exception {
    // Given
    assumeNamespacesCanBeMade();
    NetnsProbe probe =
        new NetnsProbe(ProbeSettings.withTimeLimit(Duration.ofSeconds(30)), new Alertness());
    assertThat(probe.unavailable()).isEmpty();

    // When
    probe.turn(emitter);
    probe.stop();

    // Then
    assertThat(records)
        .extracting(NetnsLatency::getCommand, NetnsLatency::getOutcome, NetnsLatency::getNetnsName)
        .containsExactly(
            tuple(NetnsCommand.ADD, CommandOutcome.SUCCEEDED, name(1)),
            tuple(NetnsCommand.LIST, CommandOutcome.SUCCEEDED, null),
            tuple(NetnsCommand.DELETE, CommandOutcome.SUCCEEDED, name(1)));
    assertThat(records).allSatisfy(it -> assertThat(it.getLatencyMs()).isPositive());
    assertThat(RUN_NETNS.resolve(name(1))).doesNotExist();
  }

  @Test
  void aRealNamespaceOfADeadCollectorIsDeletedAndAnotherProgramsStays() throws Exception {
    // Given
    assumeNamespacesCanBeMade();
    String abandoned = "netnswatch-probe-" + deadPid() + "-3";
    String foreign = "somebody-" + OWN_PID;
    run("ip", "netns", "add", abandoned);
    run("ip", "netns", "add", foreign);
    try {
      NetnsProbe probe =
          new NetnsProbe(ProbeSettings.withTimeLimit(Duration.ofSeconds(30)), new Alertness());

      // When
      probe.turn(emitter);

      // Then
      assertThat(RUN_NETNS.resolve(abandoned)).doesNotExist();
      assertThat(RUN_NETNS.resolve(foreign)).exists();
      assertThat(records).hasSize(3);
    } finally {
      run("ip", "netns", "del", foreign);
    }
  }

  @Test
  void eachRoundHasANameOfItsOwn() throws Exception {
    // Given
    NetnsProbe probe = probe(ip("case $2 in add) : >$NETNS/$3;; del) rm $NETNS/$3;; esac"));

    // When
    probe.turn(emitter);
    probe.turn(emitter);

    // Then
    assertThat(records)
        .extracting(NetnsLatency::getNetnsName)
        .containsExactly(name(1), null, name(1), name(2), name(2));
    assertThat(records)
        .allSatisfy(
            it -> {
              assertThat(it.getOutcome()).isEqualTo(CommandOutcome.SUCCEEDED);
              assertThat(it.getExitCode()).isZero();
              assertThat(it.getSignal()).isNull();
              assertThat(it.getCommandId())
                  .isEqualTo(it.getPid() + "-" + it.getStartedAt().toEpochMilli());
            });
    assertThat(netns).isEmptyDirectory();
  }

  @Test
  void aHangingCreationIsReportedThenKilledAndItsPlaceholderRemoved() throws Exception {
    // Given
    NetnsProbe probe =
        probe(
            ip(
                "trap '' TERM",
                "case $2 in add) : >$NETNS/$3; echo waiting >&2; exec sleep 60;; esac"),
            Duration.ofMillis(1_500),
            Duration.ofMillis(600));

    // When
    probe.turn(emitter);

    // Then
    assertThat(records)
        .extracting(NetnsLatency::getCommand, NetnsLatency::getOutcome)
        .containsExactly(
            tuple(NetnsCommand.ADD, CommandOutcome.STILL_RUNNING),
            tuple(NetnsCommand.ADD, CommandOutcome.STILL_RUNNING),
            tuple(NetnsCommand.ADD, CommandOutcome.TIMED_OUT),
            tuple(NetnsCommand.LIST, CommandOutcome.SUCCEEDED));
    NetnsLatency timedOut = records.get(2);
    assertThat(timedOut.getSignal()).isEqualTo(9);
    assertThat(timedOut.getExitCode()).isNull();
    assertThat(timedOut.getLatencyMs()).isBetween(1_500.0, 4_000.0);
    assertThat(timedOut.getTimeLimitMs()).isEqualTo(1_500);
    assertThat(timedOut.getStderr()).isEqualTo("waiting");
    assertThat(timedOut.getBlockedAt())
        .satisfies(at -> assertThat(at).extracting("state").isEqualTo("S"));
    assertThat(records.subList(0, 3))
        .extracting(NetnsLatency::getCommandId)
        .containsOnly(timedOut.getCommandId());
    assertThat(netns).isEmptyDirectory();
    assertThat(ProcessHandle.of(pid(timedOut))).isEmpty();
  }

  @Test
  void theNamespaceIsDeletedAlthoughListingFailed() throws Exception {
    // Given
    NetnsProbe probe =
        probe(
            ip(
                "case $2 in add) : >$NETNS/$3;; del) rm $NETNS/$3;;",
                "list) echo 'Cannot open' >&2; exit 1;; esac"));

    // When
    probe.turn(emitter);

    // Then
    NetnsLatency list = records.get(1);
    assertThat(list.getOutcome()).isEqualTo(CommandOutcome.FAILED);
    assertThat(list.getExitCode()).isEqualTo(1);
    assertThat(list.getSignal()).isNull();
    assertThat(list.getStderr()).isEqualTo("Cannot open");
    assertThat(records.get(2).getOutcome()).isEqualTo(CommandOutcome.SUCCEEDED);
    assertThat(netns).isEmptyDirectory();
  }

  @Test
  void aSignalIsNoExitCode() throws Exception {
    // Given
    NetnsProbe probe = probe(ip("kill -SEGV $$"));

    // When
    probe.turn(emitter);

    // Then
    assertThat(records.get(0).getOutcome()).isEqualTo(CommandOutcome.FAILED);
    assertThat(records.get(0).getSignal()).isEqualTo(11);
    assertThat(records.get(0).getExitCode()).isNull();
  }

  @Test
  void ofAFloodOfErrorsTheBeginningIsKept() throws Exception {
    // Given
    NetnsProbe probe = probe(ip("[ $2 = list ] && { yes äöü | head -c 300000 >&2; exit 1; }"));

    // When
    probe.turn(emitter);

    // Then
    assertThat(records.get(1).getCommand()).isEqualTo(NetnsCommand.LIST);
    assertThat(records.get(1).getStderr())
        .isEqualTo("äöü\n".repeat(256).strip())
        .hasSizeLessThanOrEqualTo(1024);
  }

  @Test
  void nothingIsStartedWhileAnotherProgramIsBlockedInACreation() throws Exception {
    // Given
    Path started = directory.resolve("started");
    Path ip = ip(": >" + started);
    Files.createFile(netns.resolve("netnswatch-probe-" + deadPid() + "-1"));
    NetnsProbe passive = probe(ip, having(blockedInCreation(6_000, "netns add other")));

    // When
    passive.turn(emitter);
    passive.turn(emitter);

    // Then
    assertThat(records).isEmpty();
    assertThat(started).doesNotExist();
  }

  @Test
  void nothingIsStartedWhileProcShowsAnotherProgramInsideACreation() throws Exception {
    // Given: a /proc in which an ip has been inside copy_net_ns for 6 s
    Path proc = directory.resolve("proc");
    Files.createDirectories(proc.resolve("4711"));
    Files.writeString(proc.resolve("stat"), "cpu  1 1\ncpu0 1 1\nbtime 1795362604\n");
    Files.writeString(
        proc.resolve("4711/stat"), "4711 (ip) D 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 26 0");
    Files.writeString(proc.resolve("4711/wchan"), "copy_net_ns");
    Files.writeString(proc.resolve("4711/cmdline"), "ip\0netns\0add\0other\0");
    Instant first = Instant.parse("2026-11-22T12:00:00Z");
    Iterator<Long> kernelMs = Stream.iterate(first.toEpochMilli(), it -> it + 6_000).iterator();
    ProcSource snapshots =
        new ProcSource(
            proc, netns, Clock.fixed(first, ZoneOffset.UTC), kernelMs::next, (at, files) -> files);
    Emitter ignored =
        new Emitter(new Envelope("node-1", "boot", "4.15.1", Instant.EPOCH), it -> {});
    snapshots.turn(ignored);
    snapshots.turn(ignored);
    Path started = directory.resolve("started");

    // When
    probe(ip(": >" + started), snapshots.alertness()).turn(emitter);

    // Then
    assertThat(records).isEmpty();
    assertThat(started).doesNotExist();
  }

  @Test
  void aCreationOfOurOwnThatTakesLongIsSuspiciousUntilItEnds() throws Exception {
    // Given: a creation that ends when it is told to
    Path end = directory.resolve("end");
    Alertness alertness = new Alertness();
    AtomicInteger raised = new AtomicInteger();
    alertness.onRaise(raised::incrementAndGet);
    NetnsProbe probe =
        probe(ip("[ $2 = add ] && while [ ! -e " + end + " ]; do :; done"), alertness);

    // When
    CompletableFuture<Void> turn =
        CompletableFuture.runAsync(
            () -> {
              try {
                probe.turn(emitter);
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });

    // Then
    await().atMost(ONE_MINUTE).until(alertness::isRaised);
    assertThat(records).isEmpty();
    Files.createFile(end);
    turn.get(10, TimeUnit.SECONDS);
    assertThat(records)
        .first()
        .satisfies(add -> assertThat(add.getLatencyMs()).isGreaterThanOrEqualTo(1_500.0));
    assertThat(alertness.isRaised()).isFalse();
    assertThat(raised).hasValue(1);
  }

  @Test
  void aShortCreationAndOurOwnAreNoReasonNotToProbe() throws Exception {
    // Given
    Path ip = ip("exit 0");

    // When
    probe(ip, having(blockedInCreation(4_999, "netns add other"))).turn(emitter);
    probe(ip, having(blockedInCreation(60_000, "netns add " + name(1)))).turn(emitter);

    // Then
    assertThat(records).hasSize(6);
  }

  @Test
  void onlyOwnNamesOfDeadProcessesAreLeftovers() throws Exception {
    // Given
    long dead = deadPid();
    List<String> kept =
        List.of(
            "somebody",
            "netnswatch-probe-1-1", // of a process that lives
            "netnswatch-probe-x-1",
            "my-netnswatch-probe-" + dead + "-1");
    for (String name : kept) {
      Files.createFile(netns.resolve(name));
    }
    Files.createFile(netns.resolve("netnswatch-probe-" + dead + "-7"));
    Files.createFile(netns.resolve(name(99))); // an earlier process had our pid

    // When
    probe(ip("exit 0")).turn(emitter);

    // Then
    try (Stream<Path> files = Files.list(netns)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(kept);
    }
  }

  @Test
  void aLeftoverThatCannotBeRemovedDoesNotStopTheProbe() throws Exception {
    // Given: a folder that is not empty
    Path stubborn = netns.resolve("netnswatch-probe-" + deadPid() + "-7");
    Files.createDirectory(stubborn);
    Files.createFile(stubborn.resolve("file"));

    // When
    probe(ip("exit 0")).turn(emitter);

    // Then
    assertThat(records).hasSize(3);
    assertThat(stubborn).exists();
  }

  @Test
  void whatABrokenRoundLeftIsRemovedBeforeTheNextOne() throws Exception {
    // Given: ip disappears after the creation
    Path ip = ip("[ $2 = add ] && : >$NETNS/$3 && rm $0");
    NetnsProbe probe = probe(ip);
    assertThatThrownBy(() -> probe.turn(emitter)).isInstanceOf(IOException.class);
    assertThat(netns.resolve(name(1))).exists();

    // When
    ip("case $2 in add) : >$NETNS/$3;; del) rm $NETNS/$3;; esac");
    probe.turn(emitter);

    // Then
    assertThat(netns).isEmptyDirectory();
  }

  @Test
  void stoppingKillsAHangingCommandAndRemovesWhatItLeft() throws Exception {
    // Given
    NetnsProbe probe =
        probe(
            ip("case $2 in add) : >$NETNS/$3; exec sleep 60;; esac"), LONG, Duration.ofMillis(50));
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                probe.turn(emitter);
                interrupted.complete(false);
              } catch (InterruptedException e) {
                probe.stop();
                interrupted.complete(true);
              } catch (IOException | RuntimeException e) {
                interrupted.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    await().atMost(ONE_MINUTE).until(() -> !records.isEmpty());

    // When
    thread.interrupt();

    // Then
    assertThat(interrupted.get(5, TimeUnit.SECONDS)).isTrue();
    assertThat(records)
        .extracting(NetnsLatency::getOutcome)
        .containsOnly(CommandOutcome.STILL_RUNNING);
    assertThat(netns).isEmptyDirectory();
    await().atMost(ONE_MINUTE).until(() -> ProcessHandle.of(pid(records.get(0))).isEmpty());
  }

  @Test
  void aMissingProgramIsAReasonToBeOff() {
    assertThat(probe(directory.resolve("no-such-ip")).unavailable())
        .hasValueSatisfying(
            reason -> assertThat(reason).contains("no-such-ip").contains("install iproute2"));
  }

  @Test
  void withoutItsCapabilityItIsOff() throws IOException {
    // Given
    Files.createDirectory(directory.resolve("self"));
    Files.writeString(directory.resolve("self/status"), "CapEff:\t00000000a80425fb\n");
    ProbeSettings settings = new ProbeSettings("sh", LONG, LONG, directory, netns);

    // When, Then
    assertThat(new NetnsProbe(settings, new Alertness()).unavailable())
        .hasValueSatisfying(reason -> assertThat(reason).contains("CAP_SYS_ADMIN"));
  }

  private static Alertness having(ProcSnapshot snapshot) {
    Alertness alertness = new Alertness();
    alertness.tookSnapshot(snapshot);
    return alertness;
  }

  private NetnsProbe probe(Path ip) {
    return probe(ip, LONG, LONG);
  }

  private NetnsProbe probe(Path ip, Alertness alertness) {
    return new NetnsProbe(new ProbeSettings(ip.toString(), LONG, LONG, PROC, netns), alertness);
  }

  private NetnsProbe probe(Path ip, Duration timeLimit, Duration progressEvery) {
    return new NetnsProbe(
        new ProbeSettings(ip.toString(), timeLimit, progressEvery, PROC, netns), new Alertness());
  }

  /** A program that is called like ip; $NETNS is the folder of namespaces. */
  private Path ip(String... lines) throws IOException {
    Path program = directory.resolve("ip");
    Files.writeString(
        program, "#!/bin/sh\nNETNS=" + netns + "\n" + String.join("\n", lines) + "\nexit 0\n");
    return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
  }

  private static ProcSnapshot blockedInCreation(long forMs, String arguments) {
    TaskOfInterest task =
        TaskOfInterest.newBuilder()
            .setPid(4711)
            .setComm("ip")
            .setKernelThread(false)
            .setState("D")
            .setStack(List.of("__mutex_lock", "copy_net_ns", "create_new_namespaces"))
            .setBlockedForMs(forMs)
            .setNetnsArguments(arguments)
            .setReasons(List.of(InterestReason.UNINTERRUPTIBLE))
            .build();
    return ProcSnapshot.newBuilder()
        .setHost("node-1")
        .setBootId("boot")
        .setCollectorStartedAt(Instant.EPOCH)
        .setSequence(0)
        .setCollectedAt(Instant.EPOCH)
        .setKernelRelease("4.15.1")
        .setKernelVersion("Linux version 4.15.1")
        .setCpuCount(2)
        .setNetnsCounts(NetnsCounts.newBuilder().build())
        .setTaskCounts(
            TaskCounts.newBuilder()
                .setTotal(1)
                .setRunning(0)
                .setSleeping(0)
                .setUninterruptible(1)
                .setIdle(0)
                .setOther(0)
                .build())
        .setTasksOfInterest(List.of(task))
        .build();
  }

  private static void assumeNamespacesCanBeMade() throws Exception {
    assumeTrue(Capabilities.program("ip").isPresent(), "needs ip");
    assumeTrue(Capabilities.effective(PROC, Capabilities.CAP_SYS_ADMIN), "needs CAP_SYS_ADMIN");
    Process trial =
        new ProcessBuilder("unshare", "-n", "true")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assumeTrue(trial.waitFor() == 0, "needs namespaces");
  }

  private static void run(String... command) throws Exception {
    assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
  }

  private static long deadPid() throws Exception {
    Process dead = new ProcessBuilder("true").start();
    assertThat(dead.waitFor()).isZero();
    return dead.pid();
  }

  private static long pid(NetnsLatency record) {
    Integer pid = record.getPid();
    assertThat(pid).isNotNull();
    return pid == null ? -1 : pid;
  }

  private static String name(long number) {
    return "netnswatch-probe-" + OWN_PID + "-" + number;
  }
}
