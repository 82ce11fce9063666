-- What did the hosts of one kernel say in the last hour of creations that failed, hung or were slow? Put its release in
-- place of the one below.
--
--   host                 the host
--   observed_at          when, UTC
--   command_id, outcome  the creation, and how it went
--   latency_ms           how long it took, or has been running, milliseconds
--   waits_in             kernel function it waited in when last looked at; null if it was not

SELECT host, observed_at, command_id, outcome, latency_ms, blocked_at.wchan AS waits_in
FROM netns_latencies
WHERE kernel_release = '4.4.0-21-generic'
  AND command = 'ADD'
  AND (outcome <> 'SUCCEEDED' OR latency_ms > 1000)
  AND record_time > CURRENT_TIMESTAMP - INTERVAL '1' HOUR
ORDER BY observed_at, host, command_id, latency_ms;
