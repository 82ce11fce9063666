-- Who is hot now? How many CPUs each host spent in the loop of the livelock, in each perf slice of the last 15 minutes.
--
--   host        the host
--   started_at  begin of the slice, UTC
--   cpus        CPUs in inet_evict_bucket or inet_frags_exit_net and what they call, below cleanup_net: 1.0 is one
--               whole CPU, and from 0.5 on the detector calls it hot. Without call paths only samples of the two
--               functions themselves count: then it is a lower bound.

SELECT host, started_at, SUM(samples) / (CAST(frequency_hz AS DOUBLE) * duration_ms / 1000) AS cpus
FROM (
  SELECT host, started_at, frequency_hz, duration_ms, record_time, path.samples AS samples
  FROM perf_samples
  CROSS JOIN UNNEST(symbols) AS entry (symbol, `module`, comm, pid, samples, call_paths)
  CROSS JOIN UNNEST(entry.call_paths) AS path (frames, samples)
  WHERE REGEXP(ARRAY_JOIN(path.frames, ' '), '(^| )(inet_evict_bucket|inet_frags_exit_net)([.][^ ]*)?( |$)')
    AND ARRAY_CONTAINS(path.frames, 'cleanup_net')
  UNION ALL
  SELECT host, started_at, frequency_hz, duration_ms, record_time, entry.samples AS samples
  FROM perf_samples
  CROSS JOIN UNNEST(symbols) AS entry (symbol, `module`, comm, pid, samples, call_paths)
  WHERE CARDINALITY(entry.call_paths) = 0
    AND REGEXP(entry.symbol, '^(inet_evict_bucket|inet_frags_exit_net)([.].*)?$')
)
WHERE record_time > CURRENT_TIMESTAMP - INTERVAL '15' MINUTE
GROUP BY host, started_at, frequency_hz, duration_ms
ORDER BY cpus DESC, host, started_at;
