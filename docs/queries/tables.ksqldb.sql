-- Makes all topics known, and the tables that the questions ask. Run this first, once for a ksqlDB; a second run
-- changes nothing.
--
--   PROC_SNAPSHOTS    what /proc said, one row per host and 5 s
--   PERF_SAMPLES      where the CPUs spent a slice of some seconds
--   NETNS_LATENCIES   namespace commands: how long they took, or have been running
--   INCIDENT_STEPS    the life of each incident, step by step
--   INCIDENTS         each incident as it stands now
--   HOSTS_NOW         the newest snapshot of each host
--   HOST_ACTIONS      what oncall did to hosts because of incidents, step by step
--   DEAD_LETTERS      records that could not be used: the original bytes, and why in the headers
--
-- Columns are the fields of schemas/README.md in capitals; ksqlDB reads them from the registry. HOST_KEY and
-- INCIDENT_ID are the record keys, ROWTIME is the event time. A field inside a record is reached with -> .
-- They are SOURCE: nothing can be inserted into them, and DROP … DELETE TOPIC, which would delete a topic of ours, is
-- refused.
--
-- Cost: what follows the sources are persistent queries, of which each reads its topic from begin to end and then on.
-- None copies perf samples or whole snapshots. HOSTS_NOW keeps one snapshot a host (some kB), CREATIONS one row a
-- creation, for good; DEAD_LETTER_TEXTS and KERNEL_LOG_LINES one row a dead letter and a line.
-- Rights: to read our topics and subjects, and to create topics and subjects of its own: README.md.
-- Needs ksqlDB 0.29 (Confluent Platform 7.4) for TOPK of several columns.

SET 'auto.offset.reset' = 'earliest';

CREATE SOURCE STREAM IF NOT EXISTS proc_snapshots (host_key STRING KEY)
  WITH (KAFKA_TOPIC = 'netnswatch.proc-snapshots', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'AVRO');

CREATE SOURCE STREAM IF NOT EXISTS perf_samples (host_key STRING KEY)
  WITH (KAFKA_TOPIC = 'netnswatch.perf-samples', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'AVRO');

CREATE SOURCE STREAM IF NOT EXISTS netns_latencies (host_key STRING KEY)
  WITH (KAFKA_TOPIC = 'netnswatch.netns-latencies', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'AVRO');

CREATE SOURCE STREAM IF NOT EXISTS incident_steps (incident_id STRING KEY)
  WITH (KAFKA_TOPIC = 'netnswatch.incidents', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'AVRO');

CREATE SOURCE TABLE IF NOT EXISTS incidents (incident_id STRING PRIMARY KEY)
  WITH (KAFKA_TOPIC = 'netnswatch.incidents', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'AVRO');

CREATE SOURCE TABLE IF NOT EXISTS hosts_now (host_key STRING PRIMARY KEY)
  WITH (KAFKA_TOPIC = 'netnswatch.proc-snapshots', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'AVRO');

CREATE SOURCE STREAM IF NOT EXISTS host_actions (host_key STRING KEY)
  WITH (KAFKA_TOPIC = 'netnswatch.actions', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'AVRO');

CREATE SOURCE STREAM IF NOT EXISTS dead_letters (
    record_key STRING KEY,
    payload BYTES,
    reason BYTES HEADER('netnswatch.reason'),
    error BYTES HEADER('netnswatch.error'),
    source_topic BYTES HEADER('netnswatch.source.topic'),
    source_partition BYTES HEADER('netnswatch.source.partition'),
    source_offset BYTES HEADER('netnswatch.source.offset'),
    source_timestamp BYTES HEADER('netnswatch.source.timestamp'))
  WITH (KAFKA_TOPIC = 'netnswatch.dead-letters', KEY_FORMAT = 'KAFKA', VALUE_FORMAT = 'KAFKA');

-- The latest report of each creation: blocked-now.
CREATE TABLE IF NOT EXISTS creations WITH (KEY_FORMAT = 'JSON') AS
  SELECT
    host,
    boot_id,
    command_id,
    LATEST_BY_OFFSET(origin) AS origin,
    LATEST_BY_OFFSET(comm, false) AS comm,
    LATEST_BY_OFFSET(netns_name, false) AS netns_name,
    LATEST_BY_OFFSET(started_at) AS started_at,
    LATEST_BY_OFFSET(observed_at) AS observed_at,
    LATEST_BY_OFFSET(latency_ms) AS latency_ms,
    LATEST_BY_OFFSET(outcome) AS outcome,
    LATEST_BY_OFFSET(blocked_at->wchan, false) AS waits_in,
    LATEST_BY_OFFSET(ARRAY_JOIN(blocked_at->stack, ' < '), false) AS stack
  FROM netns_latencies
  WHERE command = 'ADD'
  GROUP BY host, boot_id, command_id
  EMIT CHANGES;

-- Headers in words, in a format that can be grouped; then counted: dead-letters.
CREATE STREAM IF NOT EXISTS dead_letter_texts WITH (VALUE_FORMAT = 'AVRO') AS
  SELECT
    record_key,
    FROM_BYTES(reason, 'utf8') AS reason_text,
    FROM_BYTES(source_topic, 'utf8') AS topic_name,
    FROM_BYTES(error, 'utf8') AS error_text
  FROM dead_letters
  EMIT CHANGES;

CREATE TABLE IF NOT EXISTS dead_letters_by_reason WITH (KEY_FORMAT = 'JSON') AS
  SELECT
    reason_text,
    topic_name,
    COUNT(*) AS record_count,
    MAX(ROWTIME) AS last_seen,
    LATEST_BY_OFFSET(error_text) AS last_error
  FROM dead_letter_texts
  GROUP BY reason_text, topic_name
  EMIT CHANGES;

-- What incidents have said of each kernel, and with it each host's: host-kernels.
CREATE TABLE IF NOT EXISTS kernel_verdicts AS
  SELECT kernel_release, COLLECT_SET(CONCAT(kind, ': ', kernel_verdict)) AS verdicts
  FROM incident_steps
  GROUP BY kernel_release
  EMIT CHANGES;

CREATE TABLE IF NOT EXISTS host_kernels AS
  SELECT
    h.host_key AS host,
    h.kernel_release AS kernel_release,
    h.collected_at AS last_seen,
    v.verdicts AS verdicts
  FROM hosts_now h
  LEFT JOIN kernel_verdicts v ON h.kernel_release = v.kernel_release
  EMIT CHANGES;

-- incidents-by-kernel
CREATE TABLE IF NOT EXISTS incidents_by_kernel WITH (KEY_FORMAT = 'JSON') AS
  SELECT
    COALESCE(kernel_release, 'unknown') AS kernel,
    kind,
    kernel_verdict,
    COUNT(*) AS incident_count,
    SUM(CASE WHEN status = 'RESOLVED' THEN 0 ELSE 1 END) AS unresolved
  FROM incidents
  GROUP BY COALESCE(kernel_release, 'unknown'), kind, kernel_verdict
  EMIT CHANGES;

-- Each incident beside the newest snapshot of its host: incident-hosts.
CREATE TABLE IF NOT EXISTS incident_hosts AS
  SELECT
    i.incident_id AS incident_id,
    i.host AS host,
    i.kind AS kind,
    i.status AS status,
    i.replay_run_id AS replay_run_id,
    h.collected_at AS snapshot_at,
    h.boot_id AS boot_now,
    i.boot_id AS boot_then,
    h.task_counts->uninterruptible AS tasks_in_d,
    h.blocked_creation_count AS blocked_creations,
    h.netns_counts->reachable AS namespaces
  FROM incidents i
  LEFT JOIN hosts_now h ON i.host = h.host_key
  EMIT CHANGES;

-- Counters below 0 of living namespaces, one row a counter; then each by itself: precursors.
CREATE STREAM IF NOT EXISTS unbalanced_counters AS
  SELECT host_key, host, kernel_release, EXPLODE(fragment_counters) AS counter
  FROM proc_snapshots
  EMIT CHANGES;

CREATE TABLE IF NOT EXISTS precursors WITH (KEY_FORMAT = 'JSON') AS
  SELECT
    host,
    kernel_release,
    COALESCE(counter->netns_name, '') AS netns_name,
    COALESCE(counter->netns_inode, CAST(0 AS BIGINT)) AS netns_inode,
    counter->protocol AS protocol,
    MIN(counter->memory_bytes) AS lowest_bytes,
    MIN(ROWTIME) AS first_seen,
    MAX(ROWTIME) AS last_seen
  FROM unbalanced_counters
  WHERE counter->memory_bytes < 0
  GROUP BY
    host,
    kernel_release,
    COALESCE(counter->netns_name, ''),
    COALESCE(counter->netns_inode, CAST(0 AS BIGINT)),
    counter->protocol
  EMIT CHANGES;

-- One row a line that a kernel wrote: kernel-log.
CREATE STREAM IF NOT EXISTS kernel_log_lines AS
  SELECT host_key, host, kernel_release, EXPLODE(kernel_log) AS entry
  FROM proc_snapshots
  EMIT CHANGES;

-- slowest-creations
CREATE TABLE IF NOT EXISTS slowest_creations AS
  SELECT host, TOPK(latency_ms, command_id, outcome, started_at, 5) AS slowest
  FROM netns_latencies
  WHERE command = 'ADD' AND outcome != 'STILL_RUNNING'
  GROUP BY host
  EMIT CHANGES;

-- Ten minutes at a time, kept for a week: blocked-by-kernel.
CREATE TABLE IF NOT EXISTS blocked_by_kernel AS
  SELECT
    kernel_release,
    COUNT_DISTINCT(CONCAT(host, ' ', command_id)) AS creation_count,
    COUNT_DISTINCT(host) AS host_count,
    MAX(latency_ms) AS longest_ms
  FROM netns_latencies
  WINDOW TUMBLING (SIZE 10 MINUTES, RETENTION 7 DAYS)
  WHERE command = 'ADD' AND outcome = 'STILL_RUNNING' AND latency_ms >= 5000
  GROUP BY kernel_release
  EMIT CHANGES;
