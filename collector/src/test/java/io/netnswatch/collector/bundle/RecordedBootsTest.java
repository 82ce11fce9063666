package io.netnswatch.collector.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecordedBootsTest {

  private static final String FIRST = "c7f0a1de-0000-4000-8000-000000000001";

  private final RecordedBoots boots =
      new RecordedBoots(new Manifest(Manifest.FORMAT, "h", "4.15.0", "", 1, FIRST, 0, 0, 0));

  @Test
  void aLaterBootIsSeenWhereTheUptimeWentBack() {
    assertThat(boots.isAnother(100_000, 5_000_000)).isFalse();
    assertThat(boots.isAnother(110_000, 5_010_000)).isFalse();
    assertThat(boots.isAnother(180_000, 20_000)).isTrue();
    assertThat(boots.isAnother(190_000, 30_000)).isFalse();

    assertThat(boots.idAt(0)).isEqualTo(FIRST);
    assertThat(boots.idAt(159_999)).isEqualTo(FIRST);
    assertThat(boots.idAt(160_000)).isNotEqualTo(FIRST).isEqualTo(boots.idAt(190_000));
  }

  @Test
  void whatWasSeenBeforeIsOfTheBootBeforeWhateverTheClockSays() {
    boots.isAnother(165_000, 5_065_000);
    boots.isAnother(235_000, 95_000);

    assertThat(boots.idAt(165_000)).isEqualTo(FIRST);
    assertThat(boots.idAt(165_001)).isNotEqualTo(FIRST);
  }
}
