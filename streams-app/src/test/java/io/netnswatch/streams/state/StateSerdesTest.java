package io.netnswatch.streams.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netnswatch.detection.DetectionSettings;
import io.netnswatch.detection.HostDetector;
import io.netnswatch.detection.HostState;
import io.netnswatch.detection.HostWindow;
import io.netnswatch.detection.IncidentComposer;
import io.netnswatch.detection.PartitionClock;
import io.netnswatch.detection.TestEvents;
import io.netnswatch.detection.evidence.Evidence;
import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.evidence.SourceRef;
import io.netnswatch.detection.signature.Signatures;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.StackLook;
import io.netnswatch.schema.TaskOfInterest;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;

class StateSerdesTest {

  private final Serde<HostState> states = StateSerdes.hostState();
  private final Serde<List<HostWindow>> windows = StateSerdes.hostWindows();

  /** A restart after any event reads back exactly what was stored. */
  @Test
  void everyStateOfALivelocksLifeSurvivesARoundTrip() throws InvalidEventException {
    TestEvents events = TestEvents.ofHost("node-1");
    List<SpecificRecord> stream = new ArrayList<>(events.livelock());
    stream.addAll(events.healthy(40, 100));
    stream.addAll(events.rebooted().healthy(110, 190));
    HostDetector detector =
        new HostDetector(
            Signatures.shipped(),
            DetectionSettings.DEFAULT,
            new IncidentComposer("test", "runbooks/", null));
    Projection projection = new Projection(Signatures.shipped());
    HostState state = null;
    int incidents = 0;

    for (int offset = 0; offset < stream.size(); offset++) {
      Evidence evidence = projection.of(stream.get(offset), new SourceRef("topic", 3, offset));
      PartitionClock clock = new PartitionClock(evidence.eventTimeMs() - TestEvents.EPOCH_MS);
      HostDetector.Step step = detector.accept("node-1", state, evidence, clock);
      state =
          states.deserializer().deserialize("t", states.serializer().serialize("t", step.state()));
      incidents += step.incidents().size();

      assertThat(state).isEqualTo(step.state());
      for (HostWindow window : step.closed()) {
        List<HostWindow> closed = List.of(window, window);
        assertThat(roundTrip(closed)).isEqualTo(closed);
      }
    }

    assertThat(incidents).isEqualTo(3);
  }

  @Test
  void stateOfAnUnknownFormatIsAnErrorAndNeverGuessed() {
    byte[] future = {99, 1, 2, 3};

    assertThatThrownBy(() -> states.deserializer().deserialize("hosts", future))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("format 99");
  }

  @Test
  void damagedStateIsAnError() {
    byte[] cutOff = {StateOutput.FORMAT, 2, 4};
    byte[] stringFromNowhere = {StateOutput.FORMAT, 2, 18};
    byte[] listOfLessThanNothing = {StateOutput.FORMAT, 1};
    byte[] more = {StateOutput.FORMAT, 0, 0, 0};

    for (byte[] damaged :
        List.of(cutOff, stringFromNowhere, listOfLessThanNothing, more, new byte[0])) {
      assertThatThrownBy(() -> states.deserializer().deserialize("hosts", damaged))
          .isInstanceOf(SerializationException.class)
          .hasMessageContaining("state of hosts");
    }
  }

  /** Whatever is sent in the name of a host, its state fits into a record of a changelog. */
  @Test
  void theStateOfAHostStaysSmallWhateverIsSent() throws InvalidEventException {
    HostDetector detector =
        new HostDetector(
            Signatures.shipped(),
            DetectionSettings.DEFAULT,
            new IncidentComposer("test", "runbooks/", null));
    Projection projection = new Projection(Signatures.shipped());
    HostState state = null;
    int largest = 0;

    for (int second = 0; second < 200; second++) {
      TestEvents boot = new TestEvents("node-1", "boot-".repeat(100) + second % 5);
      for (SpecificRecord event :
          List.of(
              hostile(boot.snapshot(second)),
              boot.hotPerf(second),
              hostile(boot.hanging(0, second)))) {
        Evidence evidence =
            projection.of(event, new SourceRef("netnswatch.proc-snapshots", 3, second));
        state =
            detector.accept("node-1", state, evidence, new PartitionClock(second * 1000L)).state();
        largest = Math.max(largest, states.serializer().serialize("t", state).length);
      }
    }

    assertThat(largest).isLessThan(900_000);
  }

  private static ProcSnapshot hostile(ProcSnapshot snapshot) {
    List<TaskOfInterest> tasks = new ArrayList<>();
    for (int pid = 0; pid < 64; pid++) {
      List<String> stack = new ArrayList<>();
      for (int frame = 0; frame < 126; frame++) {
        stack.add(
            (snapshot.getCollectedAt() + " " + pid + " " + frame + "x".repeat(512))
                .substring(0, 512));
      }
      stack.add(pid % 2, "copy_net_ns");
      stack.add(pid % 4 == 3 ? 2 : 0, "cleanup_net");
      tasks.add(
          TaskOfInterest.newBuilder(TestEvents.runc(pid, 100 + pid))
              .setComm((pid + "c".repeat(512)).substring(0, 512))
              .setKernelThread(pid % 2 == 0)
              .setCpuUse(1.0)
              .setWchan("cleanup_net")
              .setStack(stack)
              .setMoreStacks(
                  List.of(StackLook.newBuilder().setFrames(stack.subList(0, 100)).build()))
              .build());
    }
    return ProcSnapshot.newBuilder(snapshot)
        .setTasksOfInterest(tasks)
        .setBlockedCreationCount(64)
        .build();
  }

  private static NetnsLatency hostile(NetnsLatency latency) {
    return NetnsLatency.newBuilder(latency)
        .setComm("c".repeat(512))
        .setNetnsName("n".repeat(512))
        .setCommandId("i".repeat(512))
        .build();
  }

  private List<HostWindow> roundTrip(List<HostWindow> closed) {
    return windows.deserializer().deserialize("t", windows.serializer().serialize("t", closed));
  }
}
