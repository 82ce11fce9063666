package io.netnswatch.schema;

import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;

/**
 * Names of the six topics. All share a prefix, have plain string keys and the same number of
 * partitions; values are Avro in Confluent wire format under the subject {@code <topic>-value}.
 *
 * @param prefix begins every topic name, {@value #DEFAULT_PREFIX} by default; may be empty
 */
public record Topics(String prefix) {

  public static final String DEFAULT_PREFIX = "netnswatch.";

  /** Topics under the default prefix. */
  public static Topics withDefaultPrefix() {
    return new Topics(DEFAULT_PREFIX);
  }

  /** {@link ProcSnapshot} by host. */
  public String procSnapshots() {
    return prefix + "proc-snapshots";
  }

  /** {@link PerfSample} by host. */
  public String perfSamples() {
    return prefix + "perf-samples";
  }

  /** {@link NetnsLatency} by host. */
  public String netnsLatencies() {
    return prefix + "netns-latencies";
  }

  /** {@link Incident} by incident key; compacted. */
  public String incidents() {
    return prefix + "incidents";
  }

  /** Records that could not be used: the original bytes, with {@link DeadLetterHeaders}. */
  public String deadLetters() {
    return prefix + "dead-letters";
  }

  /** {@link HostAction} by host: what was done to hosts because of incidents. */
  public String actions() {
    return prefix + "actions";
  }

  /** What the collectors publish and the detector reads. */
  public List<String> telemetry() {
    return List.of(procSnapshots(), perfSamples(), netnsLatencies());
  }

  /** All six. */
  public List<String> all() {
    return List.of(
        procSnapshots(), perfSamples(), netnsLatencies(), incidents(), deadLetters(), actions());
  }

  /**
   * Topic of a piece of telemetry.
   *
   * @throws IllegalArgumentException if the record is none
   */
  public String topicOf(SpecificRecord telemetry) {
    if (telemetry instanceof ProcSnapshot) {
      return procSnapshots();
    }
    if (telemetry instanceof PerfSample) {
      return perfSamples();
    }
    if (telemetry instanceof NetnsLatency) {
      return netnsLatencies();
    }
    throw new IllegalArgumentException("no telemetry: " + telemetry.getSchema().getFullName());
  }

  /** The registry subject of a topic's values (TopicNameStrategy). */
  public static String subject(String topic) {
    return topic + "-value";
  }

  /**
   * Schema of the values of one of the Avro topics.
   *
   * @throws IllegalArgumentException if the topic has none: it is foreign, or the dead letters
   */
  public Schema schemaOf(String topic) {
    if (topic.equals(procSnapshots())) {
      return ProcSnapshot.getClassSchema();
    }
    if (topic.equals(perfSamples())) {
      return PerfSample.getClassSchema();
    }
    if (topic.equals(netnsLatencies())) {
      return NetnsLatency.getClassSchema();
    }
    if (topic.equals(incidents())) {
      return Incident.getClassSchema();
    }
    if (topic.equals(actions())) {
      return HostAction.getClassSchema();
    }
    throw new IllegalArgumentException("no Avro schema belongs to topic " + topic);
  }
}
