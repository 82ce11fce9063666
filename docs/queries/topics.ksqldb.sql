-- The six topics as ksqlDB sees them: run this first.
--
-- Columns are the fields of schemas/README.md, upper-cased; ksqlDB reads them from the registry, so none is listed but the key. HOST_KEY and
-- INCIDENT_ID are the record keys. ROWTIME is the record timestamp: the event time. A field inside a record is reached with -> .
--
--   PROC_SNAPSHOTS   what /proc said, one row per host and 5 s
--   PERF_SAMPLES     where the CPUs spent a slice of some seconds
--   NETNS_LATENCIES  namespace commands: how long they took, or have been running
--   INCIDENT_STEPS   the life of each incident, step by step
--   INCIDENTS        each incident as it stands now; takes pull queries
--   HOST_ACTIONS     what oncall did to hosts because of incidents, step by step
--   DEAD_LETTERS     records that could not be used: the original bytes, and why in the headers (FROM_BYTES(REASON, 'utf8'))

SET 'auto.offset.reset' = 'earliest';

CREATE STREAM proc_snapshots (host_key STRING KEY)
  WITH (KAFKA_TOPIC = 'netnswatch.proc-snapshots', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'AVRO');

CREATE STREAM perf_samples (host_key STRING KEY)
  WITH (KAFKA_TOPIC = 'netnswatch.perf-samples', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'AVRO');

CREATE STREAM netns_latencies (host_key STRING KEY)
  WITH (KAFKA_TOPIC = 'netnswatch.netns-latencies', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'AVRO');

CREATE STREAM incident_steps (incident_id STRING KEY)
  WITH (KAFKA_TOPIC = 'netnswatch.incidents', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'AVRO');

CREATE SOURCE TABLE incidents (incident_id STRING PRIMARY KEY)
  WITH (KAFKA_TOPIC = 'netnswatch.incidents', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'AVRO');

CREATE STREAM host_actions (host_key STRING KEY)
  WITH (KAFKA_TOPIC = 'netnswatch.actions', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'AVRO');

CREATE STREAM dead_letters (
    record_key STRING KEY,
    payload BYTES,
    reason BYTES HEADER('netnswatch.reason'),
    error BYTES HEADER('netnswatch.error'),
    source_topic BYTES HEADER('netnswatch.source.topic'),
    source_partition BYTES HEADER('netnswatch.source.partition'),
    source_offset BYTES HEADER('netnswatch.source.offset'),
    source_timestamp BYTES HEADER('netnswatch.source.timestamp'))
  WITH (KAFKA_TOPIC = 'netnswatch.dead-letters', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'KAFKA');
