package io.netnswatch.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
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
            "netnswatch.dead-letters",
            "netnswatch.actions");
    assertThat(topics.telemetry()).isEqualTo(topics.all().subList(0, 3));
  }

  @Test
  void prefixBeginsEveryName() {
    assertThat(new Topics("eu.").all()).hasSize(6).allMatch(topic -> topic.startsWith("eu."));
    assertThat(new Topics("").incidents()).isEqualTo("incidents");
  }

  @Test
  void subjectIsTopicThenValue() {
    assertThat(Topics.subject(topics.incidents())).isEqualTo("netnswatch.incidents-value");
  }

  @Test
  void schemaBelongsToTopic() {
    assertThat(
            List.of(
                topics.schemaOf("netnswatch.proc-snapshots"),
                topics.schemaOf("netnswatch.perf-samples"),
                topics.schemaOf("netnswatch.netns-latencies"),
                topics.schemaOf("netnswatch.incidents"),
                topics.schemaOf("netnswatch.actions")))
        .containsExactly(
            ProcSnapshot.getClassSchema(),
            PerfSample.getClassSchema(),
            NetnsLatency.getClassSchema(),
            Incident.getClassSchema(),
            HostAction.getClassSchema());
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
