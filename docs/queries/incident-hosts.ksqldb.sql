-- How is the host of each incident that is not resolved doing now, by its newest snapshot?
--
--   INCIDENT_ID, HOST, KIND, STATUS  the incident
--   SNAPSHOT_AT                      when the newest snapshot was taken, UTC; null: none is known
--   BOOT_THEN, BOOT_NOW              boot of the incident and of the snapshot: where they differ, it has been rebooted
--   TASKS_IN_D                       tasks in uninterruptible sleep
--   BLOCKED_CREATIONS                tasks inside namespace creation; null if it could not be seen
--   NAMESPACES                       network namespaces that can be reached; null if it could not be seen
--
-- Cost: reads the table INCIDENT_HOSTS, a row an incident.
-- Rights: none beyond those of tables.ksqldb.sql. Needs ksqlDB 0.22.

SELECT incident_id, host, kind, status, snapshot_at, boot_then, boot_now, tasks_in_d, blocked_creations, namespaces
FROM incident_hosts
WHERE status != 'RESOLVED' AND COALESCE(replay_run_id, '') = '';
