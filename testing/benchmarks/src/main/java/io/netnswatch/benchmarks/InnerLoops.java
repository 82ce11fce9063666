package io.netnswatch.benchmarks;

import io.netnswatch.detection.DetectionSettings;
import io.netnswatch.detection.HostDetector;
import io.netnswatch.detection.HostState;
import io.netnswatch.detection.IncidentComposer;
import io.netnswatch.detection.PartitionDetector;
import io.netnswatch.detection.PartitionDetector.HostStates;
import io.netnswatch.detection.evidence.Evidence;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.evidence.QuickLook;
import io.netnswatch.detection.evidence.QuickLook.Form;
import io.netnswatch.schema.NetnsLatency;
import io.netnswatch.schema.PerfSample;
import io.netnswatch.schema.ProcSnapshot;
import io.netnswatch.schema.TelemetryEvent;
import io.netnswatch.streams.state.StateSerdes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What is done with every event, piece by piece, on events of healthy and of livelocked hosts. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {
      "-XX:+UseSerialGC",
      "-Dorg.apache.avro.SERIALIZABLE_PACKAGES=io.netnswatch.schema"
    })
@State(Scope.Thread)
public class InnerLoops {

  private static final int EVENTS = 1_000;

  /** Which events. */
  @Param({"PerfSample", "ProcSnapshot", "NetnsLatency"})
  public String kind = "";

  /** Share of the hosts that are livelocked. */
  @Param({"0", "1"})
  public double livelocked;

  private final Projection projection = new Projection(Shipped.SIGNATURES);
  private final QuickLook quickLook = new QuickLook(Shipped.SIGNATURES);
  private final Serde<HostState> serde = StateSerdes.hostState();
  private final List<byte[]> encoded = new ArrayList<>();
  private final List<byte[]> states = new ArrayList<>();
  private final List<HostState> decoded = new ArrayList<>();
  private @Nullable SpecificDatumReader<SpecificRecord> reader;
  private @Nullable Form form;
  private int next;

  /** Makes the events, and the states that they lead to. */
  @Setup
  public void makeEvents() throws Exception {
    HostDetector detector =
        new HostDetector(
            Shipped.SIGNATURES,
            DetectionSettings.DEFAULT,
            new IncidentComposer("benchmark", "runbooks/", null));
    PartitionDetector partition =
        new PartitionDetector(detector, DetectionSettings.DEFAULT, HostStates.inMemory());
    AtomicReference<HostState> state = new AtomicReference<>();
    Iterator<TelemetryEvent> events = new Workload(1, 120, livelocked, 1).events();
    while (events.hasNext() && encoded.size() < EVENTS) {
      TelemetryEvent event = events.next();
      Evidence evidence = projection.of(event.value(), null);
      partition.accept(event.host(), evidence).forEach(step -> state.set(step.step().state()));
      if (event.value().getSchema().getName().equals(kind)) {
        encoded.add(encode(event.value()));
        decoded.add(state.get());
        states.add(serde.serializer().serialize("", state.get()));
      }
    }
    Schema schema =
        switch (kind) {
          case "PerfSample" -> PerfSample.getClassSchema();
          case "ProcSnapshot" -> ProcSnapshot.getClassSchema();
          default -> NetnsLatency.getClassSchema();
        };
    reader = new SpecificDatumReader<>(schema);
    form = Form.of(schema);
  }

  private static byte[] encode(SpecificRecord event) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new SpecificDatumWriter<SpecificRecord>(event.getSchema()).write(event, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }

  private int next() {
    next = (next + 1) % encoded.size();
    return next;
  }

  /** Avro's own decoder, then the projection. */
  @Benchmark
  public Object decodeAndProject() throws Exception {
    SpecificDatumReader<SpecificRecord> avro = reader;
    if (avro == null) {
      throw new IllegalStateException("not set up");
    }
    byte[] bytes = encoded.get(next());
    return projection.of(avro.read(null, DecoderFactory.get().binaryDecoder(bytes, null)), null);
  }

  /** The quick look, whatever it comes to. */
  @Benchmark
  public @Nullable Object quickLook() {
    Form known = form;
    if (known == null) {
      throw new IllegalStateException("not set up");
    }
    byte[] bytes = encoded.get(next());
    return quickLook.at(known, bytes, 0, bytes.length);
  }

  /** A host's state to bytes. */
  @Benchmark
  public byte[] writeState() {
    return serde.serializer().serialize("", decoded.get(next()));
  }

  /** A host's state from bytes. */
  @Benchmark
  public Object readState() {
    return serde.deserializer().deserialize("", states.get(next()));
  }
}
