-- How is the host of each incident that is not resolved doing now, by its newest snapshot?
--
--   incident_id, host, kind, status  the incident
--   snapshot_at                      when the newest snapshot was taken, UTC; null: none is known
--   boot_then, boot_now              boot of the incident and of the snapshot: where they differ, it has been rebooted
--   tasks_in_d                       tasks in uninterruptible sleep
--   blocked_creations                tasks inside namespace creation; null if it could not be seen
--   namespaces                       network namespaces that can be reached; null if it could not be seen

SELECT
  i.incident_id,
  i.host,
  i.kind,
  i.status,
  h.snapshot_at,
  i.boot_id AS boot_then,
  h.boot_now,
  h.tasks_in_d,
  h.blocked_creations,
  h.namespaces
FROM incidents AS i
LEFT JOIN (
  -- Flink joins no field of a record whose record may be missing: so they are taken out before.
  SELECT
    host_key,
    collected_at AS snapshot_at,
    boot_id AS boot_now,
    hosts_now.task_counts.uninterruptible AS tasks_in_d,
    blocked_creation_count AS blocked_creations,
    hosts_now.netns_counts.reachable AS namespaces
  FROM hosts_now
) AS h ON i.host = h.host_key
WHERE i.status <> 'RESOLVED' AND i.replay_run_id IS NULL
ORDER BY i.incident_id;
