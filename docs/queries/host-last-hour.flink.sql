-- What happened on a host in the last hour? Put its name in place of node-1.
--
--   event_time   when, UTC
--   source_kind  SNAPSHOT, PERF, COMMAND or INCIDENT
--   summary      in words: tasks in D and reachable namespaces; hottest function and its samples; a command and how it
--                went; a step of an incident

SELECT event_time, source_kind, summary
FROM (
  SELECT
    host,
    record_time AS event_time,
    'SNAPSHOT' AS source_kind,
    CAST(task_counts.uninterruptible AS STRING) || ' tasks in D, '
      || COALESCE(CAST(netns_counts.reachable AS STRING), 'unknown') || ' namespaces' AS summary
  FROM proc_snapshots
  UNION ALL
  SELECT
    host,
    record_time,
    'PERF',
    CASE
      WHEN CARDINALITY(symbols) = 0 THEN 'idle'
      ELSE symbols[1].symbol || ' in ' || symbols[1].comm || ': ' || CAST(symbols[1].samples AS STRING) || ' samples'
    END
  FROM perf_samples
  UNION ALL
  SELECT
    host,
    record_time,
    'COMMAND',
    command || ' ' || outcome || ' after ' || CAST(CAST(latency_ms AS BIGINT) AS STRING) || ' ms'
  FROM netns_latencies
  UNION ALL
  SELECT host, record_time, 'INCIDENT', event_action || ': ' || title
  FROM incident_steps
)
WHERE host = 'node-1' AND event_time > CURRENT_TIMESTAMP - INTERVAL '1' HOUR
ORDER BY event_time, source_kind, summary;
