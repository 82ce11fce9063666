-- What happened on a host in the last hour? Set its name below.
--
--   EVENT_TIME   when, epoch milliseconds
--   SOURCE_KIND  SNAPSHOT, PERF, COMMAND or INCIDENT
--   SUMMARY      in words: tasks in D and reachable namespaces; hottest function and its samples; a command and how it went; a step of an incident

DEFINE watched = 'node-1';

CREATE STREAM host_events AS
  SELECT
    host_key,
    host,
    ROWTIME AS event_time,
    'SNAPSHOT' AS source_kind,
    CONCAT(
      CAST(task_counts->uninterruptible AS STRING), ' tasks in D, ',
      COALESCE(CAST(netns_counts->reachable AS STRING), 'unknown'), ' namespaces') AS summary
  FROM proc_snapshots
  EMIT CHANGES;

INSERT INTO host_events
  SELECT
    host_key,
    host,
    ROWTIME AS event_time,
    'PERF' AS source_kind,
    CASE
      WHEN ARRAY_LENGTH(symbols) = 0 THEN 'idle'
      ELSE CONCAT(symbols[1]->symbol, ' in ', symbols[1]->comm, ': ', CAST(symbols[1]->samples AS STRING), ' samples')
    END AS summary
  FROM perf_samples
  EMIT CHANGES;

INSERT INTO host_events
  SELECT
    host_key,
    host,
    ROWTIME AS event_time,
    'COMMAND' AS source_kind,
    CONCAT(command, ' ', outcome, ' after ', CAST(CAST(latency_ms AS BIGINT) AS STRING), ' ms') AS summary
  FROM netns_latencies
  EMIT CHANGES;

INSERT INTO host_events
  SELECT
    incident_id AS host_key,
    host,
    ROWTIME AS event_time,
    'INCIDENT' AS source_kind,
    CONCAT(event_action, ': ', title) AS summary
  FROM incident_steps
  EMIT CHANGES;

SELECT event_time, source_kind, summary
FROM host_events
WHERE host = '${watched}' AND event_time > UNIX_TIMESTAMP() - 3600000;
