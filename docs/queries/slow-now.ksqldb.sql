-- Which namespace commands took longer than a second in the last ten minutes, or have been running for as long?
--
--   HOST, COMMAND, COMMAND_ID  ADD, DELETE or LIST; the same command can have several reports
--   OUTCOME                    SUCCEEDED, FAILED, TIMED_OUT or STILL_RUNNING
--   LATENCY_MS                 how long it took, or has been running, milliseconds
--   OBSERVED_AT                when it ended, or was seen to be still running, UTC
--   WAITS_IN                   kernel function it waited in when last looked at; null if it was not
--
-- Cost: reads the topic netns-latencies from begin to end, once; seconds per GB.
-- Rights: to read this topic. Needs ksqlDB 0.23. Creates nothing.

SELECT host, command, command_id, outcome, latency_ms, observed_at, blocked_at->wchan AS waits_in
FROM netns_latencies
WHERE latency_ms > 1000 AND ROWTIME > UNIX_TIMESTAMP() - 600000;
