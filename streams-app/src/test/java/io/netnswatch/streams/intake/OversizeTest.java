package io.netnswatch.streams.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netnswatch.command.records.TelemetryDeserializer;
import io.netnswatch.schema.DeadLetterHeaders;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class OversizeTest {

  private final Headers headers = new RecordHeaders();

  @Test
  void whatTelemetryCanHaveStaysAsItIs() {
    byte[] value = new byte[TelemetryDeserializer.MAX_VALUE_BYTES];
    headers.add("sent_at", "1".getBytes(UTF_8));

    Oversize.trim(headers);

    assertThat(Oversize.value(headers, value)).isSameAs(value);
    assertThat(Oversize.key(headers, null)).isNull();
    assertThat(headers.toArray()).hasSize(1);
    assertThat(Oversize.cutFrom(headers, value)).isEmpty();
  }

  @Test
  void largeValueIsCutAndItsLengthAndHashAreKept() {
    byte[] value = new byte[2 << 20];

    byte[] cut = Oversize.value(headers, value);

    assertThat(cut).hasSize(64 << 10);
    assertThat(Oversize.cutFrom(headers, cut)).hasValue(2 << 20);
    assertThat(text(DeadLetterHeaders.VALUE_SHA256)) // head -c 2097152 /dev/zero | sha256sum
        .isEqualTo("5647f05ec18958947d32874eeb788fa396a05d0bab7c1b71f112ceb7e9b31eee");
    assertThat(Oversize.key(headers, new byte[5_000])).hasSize(1_024);
    assertThat(text(DeadLetterHeaders.KEY_BYTES)).isEqualTo("5000");
  }

  @Test
  void headersThatAreLargeOrManyAreLeftOutAndCounted() {
    headers.add("large", new byte[5_000]);
    headers.add("sent_at", "1".getBytes(UTF_8));
    for (int i = 0; i < 1_000; i++) {
      headers.add("", new byte[0]);
    }

    Oversize.trim(headers);

    assertThat(headers.lastHeader("large")).isNull();
    assertThat(headers.lastHeader("sent_at")).isNotNull();
    int kept = headers.toArray().length - 1;
    assertThat(kept).isBetween(100, 300);
    assertThat(text(DeadLetterHeaders.HEADERS_OMITTED)).isEqualTo(Integer.toString(1_002 - kept));
  }

  @Test
  void headerThatClaimsACutIsNotBelieved() {
    headers.add(DeadLetterHeaders.VALUE_BYTES, "99".getBytes(UTF_8));

    assertThat(Oversize.cutFrom(headers, new byte[10])).isEmpty();
  }

  private String text(String name) {
    return new String(headers.lastHeader(name).value(), UTF_8);
  }
}
