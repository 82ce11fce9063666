-- Which function was the hottest of each host, in each perf slice of the last ten minutes? By itself: without what it
-- calls.
--
--   HOST, STARTED_AT  the slice
--   SYMBOL            the function
--   COMM, PID         the task that ran it
--   CPUS              CPUs it used: 1.0 is one whole CPU
--
-- Cost: reads the topic perf-samples from begin to end, once; seconds per GB.
-- Rights: to read this topic. Needs ksqlDB 0.23. Creates nothing.

SELECT
  host,
  started_at,
  symbols[1]->symbol AS symbol,
  symbols[1]->comm AS comm,
  symbols[1]->pid AS pid,
  symbols[1]->samples / (CAST(frequency_hz AS DOUBLE) * duration_ms / 1000) AS cpus
FROM perf_samples
WHERE ARRAY_LENGTH(symbols) > 0 AND ROWTIME > UNIX_TIMESTAMP() - 600000;
