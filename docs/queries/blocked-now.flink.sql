-- Which namespace creations hang right now? Those whose latest report, not older than 15 minutes, says that they have
-- been running for 5 s or more.
--
--   host, command_id  the command
--   origin            PROBE: the collector's own; OBSERVED: another program's
--   comm, netns_name  the program, and the namespace it was to create
--   started_at        when it began, UTC
--   latency_ms        how long it has been running, milliseconds
--   waits_in, stack   kernel function it waits in, and the way there, innermost first

SELECT
  host,
  command_id,
  origin,
  comm,
  netns_name,
  started_at,
  latency_ms,
  blocked_at.wchan AS waits_in,
  ARRAY_JOIN(blocked_at.stack, ' < ') AS stack
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY host, boot_id, command_id ORDER BY record_offset DESC) AS nth_latest
  FROM netns_latencies
  WHERE command = 'ADD'
)
WHERE nth_latest = 1
  AND outcome = 'STILL_RUNNING'
  AND latency_ms >= 5000
  AND record_time > CURRENT_TIMESTAMP - INTERVAL '15' MINUTE
ORDER BY latency_ms DESC, host, command_id;
