-- Who is hot now? How many CPUs each host spent in the loop of the livelock, in each perf slice of the last 15 minutes.
--
--   HOST        the host
--   STARTED_AT  begin of the slice, UTC
--   CPUS        CPUs in inet_evict_bucket or inet_frags_exit_net and what they call, below cleanup_net: 1.0 is one
--               whole CPU, and from 0.5 on the detector calls it hot. Without call paths only samples of the two
--               functions themselves count: then it is a lower bound.
--
-- Cost: reads the topic perf-samples from begin to end, once; seconds per GB.
-- Rights: to read this topic. Needs ksqlDB 0.23. Creates nothing.

SELECT
  host,
  started_at,
  REDUCE(symbols, CAST(0 AS BIGINT), (total, entry) => total + CASE
    WHEN ARRAY_LENGTH(entry->call_paths) > 0 THEN
      REDUCE(entry->call_paths, CAST(0 AS BIGINT), (subtotal, path) => subtotal + CASE
        WHEN REGEXP_EXTRACT(
            '(^| )(inet_evict_bucket|inet_frags_exit_net)([.][^ ]*)?( |$)', ARRAY_JOIN(path->frames, ' ')) IS NOT NULL
          AND ARRAY_CONTAINS(path->frames, 'cleanup_net') THEN path->samples
        ELSE CAST(0 AS BIGINT)
      END)
    WHEN REGEXP_EXTRACT('^(inet_evict_bucket|inet_frags_exit_net)([.].*)?$', entry->symbol) IS NOT NULL
      THEN entry->samples
    ELSE CAST(0 AS BIGINT)
  END) / (CAST(frequency_hz AS DOUBLE) * duration_ms / 1000) AS cpus
FROM perf_samples
WHERE ROWTIME > UNIX_TIMESTAMP() - 900000
  AND ARRAY_LENGTH(FILTER(symbols, entry =>
    (ARRAY_LENGTH(entry->call_paths) = 0
      AND REGEXP_EXTRACT('^(inet_evict_bucket|inet_frags_exit_net)([.].*)?$', entry->symbol) IS NOT NULL)
    OR ARRAY_LENGTH(FILTER(entry->call_paths, path =>
      REGEXP_EXTRACT(
          '(^| )(inet_evict_bucket|inet_frags_exit_net)([.][^ ]*)?( |$)', ARRAY_JOIN(path->frames, ' ')) IS NOT NULL
        AND ARRAY_CONTAINS(path->frames, 'cleanup_net'))) > 0)) > 0;
