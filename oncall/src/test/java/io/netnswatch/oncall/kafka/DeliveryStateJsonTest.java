package io.netnswatch.oncall.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netnswatch.oncall.alert.DeliveryState;
import io.netnswatch.oncall.alert.Phase;
import io.netnswatch.schema.Severity;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeliveryStateJsonTest {

  @Test
  void isReadAsItWasWritten() throws Exception {
    DeliveryState told =
        new DeliveryState(
            "kind/host/2026",
            "kind/5.10",
            true,
            Phase.RESOLVING,
            Instant.parse("2026-01-01T00:00:00Z"),
            Instant.parse("2026-01-01T00:00:00.123456Z"),
            "",
            Severity.ERROR,
            "a \"title\"",
            Instant.EPOCH,
            List.of("one", "two"),
            Map.of("instance", "host"));
    assertThat(DeliveryStateJson.read(DeliveryStateJson.write(told))).isEqualTo(told);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "no JSON", "[]", "{\"key\":\"only\"}"})
  void anythingElseIsAnError(String value) {
    assertThatThrownBy(() -> DeliveryStateJson.read(value.getBytes(UTF_8)))
        .isInstanceOf(IOException.class);
  }
}
