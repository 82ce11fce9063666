package io.netnswatch.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TopicsTest {

  private final Topics topics = Topics.withDefaultPrefix();

  @Test
  void namesAreTheContracts() {
    assertThat(topics.all())
        .containsExactly(
            "netnswatch.proc-snapshots",
            "netnswatch.perf-samples",
            "netnswatch.netns-latencies",
            "netnswatch.incidents",
            "netnswatch.actions",
            "netnswatch.dead-letters");
    assertThat(topics.telemetry()).isEqualTo(topics.all().subList(0, 3));
  }

  @Test
  void prefixBeginsEveryName() {
    assertThat(new Topics("eu.").all()).isNotEmpty().allMatch(topic -> topic.startsWith("eu."));
    assertThat(new Topics("").incidents()).isEqualTo("incidents");
  }

  @Test
  void subjectIsTopicThenValue() {
    assertThat(Topics.subject(topics.incidents())).isEqualTo("netnswatch.incidents-value");
  }

  @Test
  void schemaBelongsToTopic() {
    assertThat(topics.schemaOf("netnswatch.perf-samples")).isEqualTo(PerfSample.getClassSchema());
    assertThat(topics.avro().stream().map(topics::schemaOf))
        .as("each says of which topic it is")
        .zipSatisfy(
            topics.avro(),
            (schema, topic) ->
                assertThat(schema.getDoc())
                    .contains("<prefix>" + topic.substring(Topics.DEFAULT_PREFIX.length())));
  }

  @Test
  void deadLettersAndForeignTopicsHaveNoSchema() {
    assertThatThrownBy(() -> topics.schemaOf(topics.deadLetters()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no Avro schema belongs to topic netnswatch.dead-letters");
    assertThatThrownBy(() -> topics.schemaOf("eu.incidents"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
