package io.netnswatch.streams.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class PeerSignatureTest {

  private static final Instant NOW = Instant.parse("2026-11-22T15:00:00Z");

  private final PeerSignature ours = at(NOW);

  @Test
  void anotherInstanceIsKnownByItAndTheTokenIsNotInIt() {
    String header = ours.of("node-2:8480", "/api/hosts?scope=instance");

    assertThat(header).doesNotContain("secret");
    assertThat(ours.fits(header, "node-2:8480", "/api/hosts?scope=instance")).isTrue();
  }

  @Test
  void itIsGoodForThatQuestionToThatAddressForAMinute() {
    String header = ours.of("node-2:8480", "/api/hosts");

    assertThat(ours.fits(header, "node-3:8480", "/api/hosts")).isFalse();
    assertThat(ours.fits(header, "node-2:8480", "/metrics")).isFalse();
    assertThat(at(NOW.plusSeconds(61)).fits(header, "node-2:8480", "/api/hosts")).isFalse();
    assertThat(new PeerSignature("other", () -> NOW).fits(header, "node-2:8480", "/api/hosts"))
        .isFalse();
    assertThat(ours.fits(null, "node-2:8480", "/api/hosts")).isFalse();
    assertThat(ours.fits("Netnswatch-Peer x:y", "node-2:8480", "/api/hosts")).isFalse();
  }

  private static PeerSignature at(Instant time) {
    return new PeerSignature("secret", (InstantSource) () -> time);
  }
}
