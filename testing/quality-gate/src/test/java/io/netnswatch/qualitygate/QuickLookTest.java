package io.netnswatch.qualitygate;

import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.detection.evidence.InvalidEventException;
import io.netnswatch.detection.evidence.Projection;
import io.netnswatch.detection.evidence.QuickLook;
import io.netnswatch.detection.evidence.QuickLook.Form;
import io.netnswatch.detection.evidence.QuickLook.Seen;
import io.netnswatch.detection.signature.Signature;
import io.netnswatch.detection.signature.Signatures;
import io.netnswatch.scenarios.Scenario;
import io.netnswatch.schema.TelemetryEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A quick look never says anything but what decoding and projecting says. */
class QuickLookTest {

  private static final List<Signature> SIGNATURES = Signatures.shipped();
  private static final Projection PROJECTION = new Projection(SIGNATURES);
  private static final QuickLook QUICK_LOOK = new QuickLook(SIGNATURES);
  private static final int EDITED = 400;
  private static final List<Encoded> SOME = some();

  /** An event as it stands behind the header of the wire format. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Encoded(Schema schema, byte[] bytes) {

    static Encoded of(SpecificRecord event) {
      try {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new SpecificDatumWriter<SpecificRecord>(event.getSchema()).write(event, encoder);
        encoder.flush();
        return new Encoded(event.getSchema(), bytes.toByteArray());
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    @Nullable Seen look() {
      return QUICK_LOOK.at(Objects.requireNonNull(Form.of(schema)), bytes, 0, bytes.length);
    }

    Seen decode() throws IOException, InvalidEventException {
      BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes, null);
      SpecificRecord event = new SpecificDatumReader<SpecificRecord>(schema).read(null, decoder);
      return new Seen(
          TelemetryEvent.from(event).host(),
          PROJECTION.of(event, null),
          bytes.length - decoder.inputStream().available());
    }
  }

  @TestFactory
  Stream<DynamicTest> saysWhatDecodingSays() throws IOException {
    return Scenario.all(ScenariosTest.HOME).stream()
        .map(
            scenario ->
                DynamicTest.dynamicTest(
                    scenario.name(),
                    () -> {
                      for (TelemetryEvent event : DeterminismTest.telemetry(scenario)) {
                        assertSame(Encoded.of(event.value()));
                      }
                    }));
  }

  /** What a slip of the disk, a newer collector or somebody hostile might make of an event. */
  @Property(tries = 8_000, seed = "42")
  void saysWhatDecodingSaysOfDamagedEvents(
      @ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long seed) throws Exception {
    Random random = new Random(seed);
    Encoded whole = SOME.get(random.nextInt(SOME.size()));

    assertSame(new Encoded(whole.schema(), damaged(whole.bytes(), random)));
  }

  @Test
  void settlesNearlyAllOfAHealthyHost() throws IOException {
    Scenario healthy =
        Scenario.all(ScenariosTest.HOME).stream()
            .filter(it -> it.name().equals("recorded-healthy"))
            .findFirst()
            .orElseThrow();
    List<TelemetryEvent> events = DeterminismTest.telemetry(healthy);

    long settled = events.stream().filter(it -> Encoded.of(it.value()).look() != null).count();
    assertThat((double) settled / events.size()).isGreaterThan(0.9);
  }

  private static void assertSame(Encoded event) throws IOException {
    Seen seen = event.look();
    if (seen != null) {
      try {
        assertThat(seen).isEqualTo(event.decode());
      } catch (InvalidEventException | AvroRuntimeException e) {
        throw new AssertionError("decoding finds fault with what a quick look settles", e);
      }
    }
  }

  private static byte[] damaged(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    for (int i = random.nextInt(3); i >= 0; i--) {
      bytes[random.nextInt(bytes.length)] =
          (byte) (random.nextBoolean() ? random.nextInt() : random.nextInt(4));
    }
    return random.nextInt(10) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }

  /** Of each scenario a few, small ones too: there damage hits more than names of functions. */
  private static List<Encoded> some() {
    try {
      List<Encoded> events = new ArrayList<>();
      for (Scenario scenario : Scenario.all(ScenariosTest.HOME)) {
        scenario.telemetry(Duration.ZERO).stream()
            .limit(EDITED)
            .forEach(event -> events.add(Encoded.of(event.value())));
      }
      return events;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
