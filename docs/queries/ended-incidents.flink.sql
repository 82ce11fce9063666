-- How did incidents end?
--
--   host, kind            where, what
--   started_at, ended_at  begin and end of the trouble, UTC
--   resolution            RECOVERED, REBOOTED or SUPERSEDED; null where only the reason says it
--   resolution_reason     how, in words, e.g. closed by hand; null where resolution says it all
--   cause_id              its cause; null where nothing is known of it
--   kernel_release        uname -r; null if no event said

SELECT
  host,
  kind,
  started_at,
  ended_at,
  resolution,
  resolution_reason,
  cause.cause_id AS cause_id,
  kernel_release
FROM incidents
WHERE status = 'RESOLVED' AND replay_run_id IS NULL
ORDER BY incident_id;
