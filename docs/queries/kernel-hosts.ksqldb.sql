-- What did the hosts of one kernel say in the last hour of creations that failed, hung or were slow? Put its release in
-- place of the one below.
--
--   HOST                 the host
--   OBSERVED_AT          when, UTC
--   COMMAND_ID, OUTCOME  the creation, and how it went
--   LATENCY_MS           how long it took, or has been running, milliseconds
--   WAITS_IN             kernel function it waited in when last looked at; null if it was not
--
-- Cost: reads the topic netns-latencies from begin to end, once; seconds per GB.
-- Rights: to read this topic. Needs ksqlDB 0.23. Creates nothing.

DEFINE kernel = '4.4.0-21-generic';

SELECT host, observed_at, command_id, outcome, latency_ms, blocked_at->wchan AS waits_in
FROM netns_latencies
WHERE kernel_release = '${kernel}'
  AND command = 'ADD'
  AND (outcome != 'SUCCEEDED' OR latency_ms > 1000)
  AND ROWTIME > UNIX_TIMESTAMP() - 3600000;
