-- Who waits for whom, from the blocked creation to the culprit? Of each incident that shows it.
--
--   host, kind, status  the incident
--   updated_at          as of when, UTC
--   chain               each task with its role, pid and what it waits for, e.g.
--                       'CREATOR 4711 waits for net_mutex in copy_net_ns -> CLEANUP 97 in nf_ct_iterate_cleanup'

SELECT
  host,
  kind,
  status,
  updated_at,
  CONCAT_WS(
    ' -> ',
    CASE WHEN CARDINALITY(wait_chain) >= 1 THEN wait_chain[1].task_role
      || COALESCE(' ' || CAST(wait_chain[1].pid AS STRING), '')
      || COALESCE(' waits for ' || wait_chain[1].waits_for, '')
      || COALESCE(' in ' || wait_chain[1].in_function, '') END,
    CASE WHEN CARDINALITY(wait_chain) >= 2 THEN wait_chain[2].task_role
      || COALESCE(' ' || CAST(wait_chain[2].pid AS STRING), '')
      || COALESCE(' waits for ' || wait_chain[2].waits_for, '')
      || COALESCE(' in ' || wait_chain[2].in_function, '') END,
    CASE WHEN CARDINALITY(wait_chain) >= 3 THEN wait_chain[3].task_role
      || COALESCE(' ' || CAST(wait_chain[3].pid AS STRING), '')
      || COALESCE(' waits for ' || wait_chain[3].waits_for, '')
      || COALESCE(' in ' || wait_chain[3].in_function, '') END,
    CASE WHEN CARDINALITY(wait_chain) >= 4 THEN wait_chain[4].task_role
      || COALESCE(' ' || CAST(wait_chain[4].pid AS STRING), '')
      || COALESCE(' waits for ' || wait_chain[4].waits_for, '')
      || COALESCE(' in ' || wait_chain[4].in_function, '') END,
    CASE WHEN CARDINALITY(wait_chain) >= 5 THEN wait_chain[5].task_role
      || COALESCE(' ' || CAST(wait_chain[5].pid AS STRING), '')
      || COALESCE(' waits for ' || wait_chain[5].waits_for, '')
      || COALESCE(' in ' || wait_chain[5].in_function, '') END,
    CASE WHEN CARDINALITY(wait_chain) >= 6 THEN wait_chain[6].task_role
      || COALESCE(' ' || CAST(wait_chain[6].pid AS STRING), '')
      || COALESCE(' waits for ' || wait_chain[6].waits_for, '')
      || COALESCE(' in ' || wait_chain[6].in_function, '') END,
    CASE WHEN CARDINALITY(wait_chain) >= 7 THEN wait_chain[7].task_role
      || COALESCE(' ' || CAST(wait_chain[7].pid AS STRING), '')
      || COALESCE(' waits for ' || wait_chain[7].waits_for, '')
      || COALESCE(' in ' || wait_chain[7].in_function, '') END,
    CASE WHEN CARDINALITY(wait_chain) >= 8 THEN wait_chain[8].task_role
      || COALESCE(' ' || CAST(wait_chain[8].pid AS STRING), '')
      || COALESCE(' waits for ' || wait_chain[8].waits_for, '')
      || COALESCE(' in ' || wait_chain[8].in_function, '') END) AS chain
FROM incidents
WHERE CARDINALITY(wait_chain) > 0 AND replay_run_id IS NULL
ORDER BY incident_id;
