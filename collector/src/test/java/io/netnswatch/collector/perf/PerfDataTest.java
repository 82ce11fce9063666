package io.netnswatch.collector.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PerfDataTest {

  private final List<String> told = new ArrayList<>();
  private final PerfData data =
      new PerfData(
          new PerfData.Sink() {
            @Override
            public void sample(int pid, long[] ips, int length) {
              told.add(pid + Arrays.toString(Arrays.copyOf(ips, length)));
            }

            @Override
            public void lost(long count) {
              told.add("lost " + count);
            }
          });

  private void accept(byte[] bytes) throws IOException {
    data.accept(bytes, bytes.length);
  }

  @Test
  void samplesAndLossesAreToldAndOtherRecordsPassedOver() throws IOException {
    // Given
    PerfStream stream =
        new PerfStream()
            .record(3, PerfStream.longs(5, 6, 7))
            .sample(5, 1, 2)
            .lost(7)
            .record(13, PerfStream.longs(8))
            .record(68, new byte[0])
            .sample(0);

    // When
    accept(stream.bytes());

    // Then: a sample without call path is where it was taken
    assertThat(told)
        .containsExactly("5[1, 2]", "lost 7", "lost 8", "0[" + PerfStream.IN_CLEANUP_NET + "]");
  }

  @Test
  void theStreamMayComeByteByByteAndEndAnywhere() throws IOException {
    // Given
    byte[] whole = new PerfStream().sample(5, 1, 2).sample(6, 3).bytes();

    // When
    for (int i = 0; i < whole.length - 1; i++) {
      data.accept(new byte[] {whole[i]}, 1);
    }

    // Then
    assertThat(told).containsExactly("5[1, 2]");
  }

  @Test
  void whatIsNoStreamIsAnError() {
    assertThatThrownBy(() -> accept("PERFILE2 as text".getBytes(StandardCharsets.US_ASCII)))
        .hasMessage("perf record wrote no perf data");
  }

  @Test
  void aRecordShorterThanItsHeadIsAnError() {
    byte[] bytes = new PerfStream().record(9, new byte[0]).bytes();
    bytes[bytes.length - 2] = 7;

    assertThatThrownBy(() -> accept(bytes)).hasMessage("perf data: record of 7 bytes");
  }

  @Test
  void moreFramesThanTheRecordHoldsIsAnError() {
    byte[] content = PerfStream.longs(1, 5, 1_000, 17, 0, 99, Long.MAX_VALUE / 8);

    assertThatThrownBy(() -> accept(new PerfStream().record(9, content).bytes()))
        .hasMessageContaining("frames in a record too short for them");
  }

  @Test
  void aSampleCutOffIsAnError() {
    assertThatThrownBy(() -> accept(new PerfStream().record(9, new byte[20]).bytes()))
        .hasMessage("perf data: record cut off after 20 bytes");
  }
}
