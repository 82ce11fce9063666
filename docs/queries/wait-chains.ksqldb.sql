-- Who waits for whom, from the blocked creation to the culprit? Of each incident that shows it.
--
--   HOST, KIND, STATUS  the incident
--   UPDATED_AT          as of when, UTC
--   CHAIN               each task with its role, pid and what it waits for, e.g.
--                       'CREATOR 4711 waits for net_mutex in copy_net_ns -> CLEANUP 97 in nf_ct_iterate_cleanup'
--
-- Cost: reads the table INCIDENTS, a row for each incident that the topic still has.
-- Rights: to read the topic incidents. Needs ksqlDB 0.22. Creates nothing.

SELECT
  host,
  kind,
  status,
  updated_at,
  ARRAY_JOIN(
    TRANSFORM(wait_chain, step => CONCAT(
      step->task_role,
      CASE WHEN step->pid IS NULL THEN '' ELSE CONCAT(' ', CAST(step->pid AS STRING)) END,
      CASE WHEN step->waits_for IS NULL THEN '' ELSE CONCAT(' waits for ', step->waits_for) END,
      CASE WHEN step->in_function IS NULL THEN '' ELSE CONCAT(' in ', step->in_function) END)),
    ' -> ') AS chain
FROM incidents
WHERE ARRAY_LENGTH(wait_chain) > 0 AND COALESCE(replay_run_id, '') = '';
