-- Which namespace creations hang right now? Those whose latest report, not older than 15 minutes, says that they have
-- been running for 5 s or more.
--
--   HOST, COMMAND_ID  the command
--   ORIGIN            PROBE: the collector's own; OBSERVED: another program's
--   COMM, NETNS_NAME  the program, and the namespace it was to create
--   STARTED_AT        when it began, UTC
--   LATENCY_MS        how long it has been running, milliseconds
--   WAITS_IN, STACK   kernel function it waits in, and the way there, innermost first
--
-- Cost: reads the table CREATIONS, which holds a row for each creation that the topic has told of.
-- Rights: none beyond those of tables.ksqldb.sql. Needs ksqlDB 0.22.

SELECT host, command_id, origin, comm, netns_name, started_at, latency_ms, waits_in, stack
FROM creations
WHERE outcome = 'STILL_RUNNING'
  AND latency_ms >= 5000
  AND UNIX_TIMESTAMP(observed_at) > UNIX_TIMESTAMP() - 900000;
