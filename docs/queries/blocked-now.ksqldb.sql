-- Which namespace creations hang right now? Those whose latest report, not older than 15 minutes, says that they have been running for 5 s or more.
--
--   HOST, COMMAND_ID  the command
--   ORIGIN            PROBE: the collector's own; OBSERVED: another program's
--   COMM, NETNS_NAME  the program, and the namespace it was to create
--   STARTED_AT        when it began
--   LATENCY_MS        how long it has been running, milliseconds
--   WAITS_IN, STACK   kernel function it waits in, and the way there, innermost first

SET 'ksql.query.pull.table.scan.enabled' = 'true';

CREATE TABLE creations WITH (KEY_FORMAT = 'JSON') AS
  SELECT
    host,
    boot_id,
    command_id,
    LATEST_BY_OFFSET(origin) AS origin,
    LATEST_BY_OFFSET(comm, false) AS comm,
    LATEST_BY_OFFSET(netns_name, false) AS netns_name,
    LATEST_BY_OFFSET(started_at) AS started_at,
    LATEST_BY_OFFSET(observed_at) AS observed_at,
    LATEST_BY_OFFSET(latency_ms) AS latency_ms,
    LATEST_BY_OFFSET(outcome) AS outcome,
    LATEST_BY_OFFSET(blocked_at->wchan, false) AS waits_in,
    LATEST_BY_OFFSET(ARRAY_JOIN(blocked_at->stack, ' < '), false) AS stack
  FROM netns_latencies
  WHERE command = 'ADD'
  GROUP BY host, boot_id, command_id
  EMIT CHANGES;

SELECT host, command_id, origin, comm, netns_name, started_at, latency_ms, waits_in, stack
FROM creations
WHERE outcome = 'STILL_RUNNING'
  AND latency_ms >= 5000
  AND UNIX_TIMESTAMP(observed_at) > UNIX_TIMESTAMP() - 900000;
