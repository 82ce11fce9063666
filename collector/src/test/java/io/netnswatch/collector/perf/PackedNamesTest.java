package io.netnswatch.collector.perf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PackedNamesTest {

  @Test
  void givesBackNamesOfManyBlocksInAnyOrder() {
    // Given
    List<String> names = new ArrayList<>(List.of("", "é", "x".repeat(511)));
    for (int i = 0; i < 5_000; i++) {
      names.add("function_" + i + ".isra.0");
    }
    PackedNames.Builder builder = new PackedNames.Builder();
    List<Integer> positions = names.stream().map(name -> add(builder, name)).toList();
    // When
    PackedNames packed = builder.build();
    // Then
    for (int i = names.size() - 1; i >= 0; i--) {
      assertThat(packed.get(positions.get(i))).isEqualTo(names.get(i));
    }
  }

  private static int add(PackedNames.Builder builder, String name) {
    byte[] line = ("ffffffff81000000 T " + name).getBytes(StandardCharsets.UTF_8);
    return builder.add(line, 19, line.length);
  }
}
