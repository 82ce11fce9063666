package io.netnswatch.schema;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;

/**
 * Names of the topics. All share a prefix, have plain string keys and the same number of
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

  /** Those whose values are Avro: all but the dead letters. */
  public List<String> avro() {
    return List.copyOf(schemas().keySet());
  }

  /** All of them. */
  public List<String> all() {
    return Stream.concat(avro().stream(), Stream.of(deadLetters())).toList();
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
    Schema schema = schemas().get(topic);
    if (schema == null) {
      throw new IllegalArgumentException("no Avro schema belongs to topic " + topic);
    }
    return schema;
  }

  /** The Avro topics, each with the schema of its values. */
  private Map<String, Schema> schemas() {
    Map<String, Schema> schemas = new LinkedHashMap<>();
    schemas.put(procSnapshots(), ProcSnapshot.getClassSchema());
    schemas.put(perfSamples(), PerfSample.getClassSchema());
    schemas.put(netnsLatencies(), NetnsLatency.getClassSchema());
    schemas.put(incidents(), Incident.getClassSchema());
    schemas.put(actions(), HostAction.getClassSchema());
    return schemas;
  }
}
