-- Which was the slowest namespace creation of each host? The one that took longest of those that have ended, as far
-- back as the topic goes. The next four are SLOWEST[2] to SLOWEST[5] of the same table.
--
--   HOST        the host
--   LATENCY_MS  how long it took, milliseconds
--   COMMAND_ID  the command
--   OUTCOME     TIMED_OUT: killed at the probe's time limit
--   STARTED_AT  when it began, UTC
--
-- Cost: reads the table SLOWEST_CREATIONS, a row a host.
-- Rights: none beyond those of tables.ksqldb.sql. Needs ksqlDB 0.29 (Confluent Platform 7.4).

SELECT
  host,
  slowest[1]->`sort_col` AS latency_ms,
  slowest[1]->`col0` AS command_id,
  slowest[1]->`col1` AS outcome,
  slowest[1]->`col2` AS started_at
FROM slowest_creations;
