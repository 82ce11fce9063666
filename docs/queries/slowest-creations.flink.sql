-- Which was the slowest namespace creation of each host? The one that took longest of those that have ended, as far
-- back as the topic goes.
--
--   host        the host
--   latency_ms  how long it took, milliseconds
--   command_id  the command
--   outcome     TIMED_OUT: killed at the probe's time limit
--   started_at  when it began, UTC

SELECT host, latency_ms, command_id, outcome, started_at
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY host ORDER BY latency_ms DESC, record_offset) AS nth_slowest
  FROM netns_latencies
  WHERE command = 'ADD' AND outcome <> 'STILL_RUNNING'
)
WHERE nth_slowest = 1
ORDER BY host;
