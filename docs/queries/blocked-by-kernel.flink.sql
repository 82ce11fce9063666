-- How many creations hung on each kernel, ten minutes at a time?
--
--   kernel_release  uname -r
--   window_start    begin of the ten minutes, epoch milliseconds
--   creation_count  creations that were seen in it to have been running for 5 s or more
--   host_count      hosts they were on
--   longest_ms      how long the longest had been running, milliseconds

SELECT
  kernel_release,
  window_start,
  COUNT(DISTINCT host || ' ' || command_id) AS creation_count,
  COUNT(DISTINCT host) AS host_count,
  MAX(latency_ms) AS longest_ms
FROM (
  SELECT
    kernel_release,
    host,
    command_id,
    latency_ms,
    UNIX_TIMESTAMP(DATE_FORMAT(record_time, 'yyyy-MM-dd HH:mm:ss')) / 600 * 600000 AS window_start
  FROM netns_latencies
  WHERE command = 'ADD' AND outcome = 'STILL_RUNNING' AND latency_ms >= 5000
)
GROUP BY kernel_release, window_start
ORDER BY kernel_release, window_start;
