-- How did incidents end?
--
--   HOST, KIND            where, what
--   STARTED_AT, ENDED_AT  begin and end of the trouble, UTC
--   RESOLUTION            RECOVERED, REBOOTED or SUPERSEDED; null where only the reason says it
--   RESOLUTION_REASON     how, in words, e.g. closed by hand; null where RESOLUTION says it all
--   CAUSE_ID              its cause; null where nothing is known of it
--   KERNEL_RELEASE        uname -r; null if no event said
--
-- Cost: reads the table INCIDENTS, a row for each incident that the topic still has.
-- Rights: to read the topic incidents. Needs ksqlDB 0.22. Creates nothing.

SELECT
  host,
  kind,
  started_at,
  ended_at,
  resolution,
  resolution_reason,
  cause->cause_id AS cause_id,
  kernel_release
FROM incidents
WHERE status = 'RESOLVED' AND COALESCE(replay_run_id, '') = '';
