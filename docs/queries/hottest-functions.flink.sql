-- Which function was the hottest of each host, in each perf slice of the last ten minutes? By itself: without what it
-- calls.
--
--   host, started_at  the slice
--   symbol            the function
--   comm, pid         the task that ran it
--   cpus              CPUs it used: 1.0 is one whole CPU

SELECT
  host,
  started_at,
  symbols[1].symbol AS symbol,
  symbols[1].comm AS comm,
  symbols[1].pid AS pid,
  symbols[1].samples / (CAST(frequency_hz AS DOUBLE) * duration_ms / 1000) AS cpus
FROM perf_samples
WHERE CARDINALITY(symbols) > 0 AND record_time > CURRENT_TIMESTAMP - INTERVAL '10' MINUTE
ORDER BY cpus DESC, host, started_at;
