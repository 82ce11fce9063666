-- Which namespace commands took longer than a second in the last ten minutes, or have been running for as long?
--
--   host, command, command_id  ADD, DELETE or LIST; the same command can have several reports
--   outcome                    SUCCEEDED, FAILED, TIMED_OUT or STILL_RUNNING
--   latency_ms                 how long it took, or has been running, milliseconds
--   observed_at                when it ended, or was seen to be still running, UTC
--   waits_in                   kernel function it waited in when last looked at; null if it was not

SELECT host, command, command_id, outcome, latency_ms, observed_at, blocked_at.wchan AS waits_in
FROM netns_latencies
WHERE latency_ms > 1000 AND record_time > CURRENT_TIMESTAMP - INTERVAL '10' MINUTE
ORDER BY observed_at, host, command_id, latency_ms;
