-- Who is hot now? How many CPUs each host spent in the loop of the livelock, in each perf slice of the last 15 minutes; hottest first is the reader's job,
-- as ksqlDB does not sort.
--
--   HOST        the host
--   STARTED_AT  begin of the slice
--   CPUS        CPUs in inet_evict_bucket or inet_frags_exit_net and what they call, below cleanup_net: 1.0 is one whole CPU, and from 0.5 on the
--               detector calls it hot. Without call paths only samples of the two functions themselves count: then it is a lower bound.

SET 'ksql.query.pull.table.scan.enabled' = 'true';

CREATE STREAM perf_symbols AS
  SELECT host_key, host, started_at, CAST(frequency_hz AS DOUBLE) * duration_ms / 1000 AS samples_per_cpu, EXPLODE(symbols) AS entry
  FROM perf_samples
  EMIT CHANGES;

CREATE STREAM perf_paths AS
  SELECT host_key, host, started_at, samples_per_cpu, EXPLODE(entry->call_paths) AS path
  FROM perf_symbols
  EMIT CHANGES;

CREATE STREAM hot_paths AS
  SELECT host_key, host, started_at, samples_per_cpu, path->samples AS samples
  FROM perf_paths
  WHERE REGEXP_EXTRACT('(^| )(inet_evict_bucket|inet_frags_exit_net)([.][^ ]*)?( |$)', ARRAY_JOIN(path->frames, ' ')) IS NOT NULL
    AND ARRAY_CONTAINS(path->frames, 'cleanup_net')
  EMIT CHANGES;

INSERT INTO hot_paths
  SELECT host_key, host, started_at, samples_per_cpu, entry->samples AS samples
  FROM perf_symbols
  WHERE ARRAY_LENGTH(entry->call_paths) = 0
    AND REGEXP_EXTRACT('^(inet_evict_bucket|inet_frags_exit_net)([.].*)?$', entry->symbol) IS NOT NULL
  EMIT CHANGES;

CREATE TABLE hot_slices WITH (KEY_FORMAT = 'JSON') AS
  SELECT host, started_at, samples_per_cpu, SUM(samples) / samples_per_cpu AS cpus
  FROM hot_paths
  GROUP BY host, started_at, samples_per_cpu
  EMIT CHANGES;

SELECT host, started_at, cpus
FROM hot_slices
WHERE UNIX_TIMESTAMP(started_at) > UNIX_TIMESTAMP() - 900000;
