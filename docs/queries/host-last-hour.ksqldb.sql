-- What happened on a host in the last hour? Put its name in place of node-1. Four answers, one a topic.
--
--   EVENT_TIME   when, UTC
--   SOURCE_KIND  SNAPSHOT, PERF, COMMAND or INCIDENT
--   SUMMARY      in words: tasks in D and reachable namespaces; hottest function and its samples; a command and how it
--                went; a step of an incident
--
-- Cost: reads four topics from begin to end, once; seconds per GB.
-- Rights: to read these topics. Needs ksqlDB 0.23. Creates nothing.

DEFINE watched = 'node-1';

SELECT
  collected_at AS event_time,
  'SNAPSHOT' AS source_kind,
  CONCAT(
    CAST(task_counts->uninterruptible AS STRING), ' tasks in D, ',
    COALESCE(CAST(netns_counts->reachable AS STRING), 'unknown'), ' namespaces') AS summary
FROM proc_snapshots
WHERE host_key = '${watched}' AND ROWTIME > UNIX_TIMESTAMP() - 3600000;

SELECT
  FROM_UNIXTIME(ROWTIME) AS event_time,
  'PERF' AS source_kind,
  CASE
    WHEN ARRAY_LENGTH(symbols) = 0 THEN 'idle'
    ELSE CONCAT(symbols[1]->symbol, ' in ', symbols[1]->comm, ': ', CAST(symbols[1]->samples AS STRING), ' samples')
  END AS summary
FROM perf_samples
WHERE host_key = '${watched}' AND ROWTIME > UNIX_TIMESTAMP() - 3600000;

SELECT
  observed_at AS event_time,
  'COMMAND' AS source_kind,
  CONCAT(command, ' ', outcome, ' after ', CAST(CAST(latency_ms AS BIGINT) AS STRING), ' ms') AS summary
FROM netns_latencies
WHERE host_key = '${watched}' AND ROWTIME > UNIX_TIMESTAMP() - 3600000;

SELECT updated_at AS event_time, 'INCIDENT' AS source_kind, CONCAT(event_action, ': ', title) AS summary
FROM incident_steps
WHERE host = '${watched}' AND ROWTIME > UNIX_TIMESTAMP() - 3600000;
