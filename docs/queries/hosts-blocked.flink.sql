-- On which hosts do tasks wait inside namespace creation, by their newest snapshot?
--
--   host, collected_at       where, as of when (UTC)
--   blocked_creation_count   tasks inside namespace creation
--   created_netns_count      creations that finished since the snapshot before; null if unknown
--   tasks_in_d               tasks in uninterruptible sleep
--   kernel_release           uname -r

SELECT
  host,
  collected_at,
  blocked_creation_count,
  created_netns_count,
  task_counts.uninterruptible AS tasks_in_d,
  kernel_release
FROM hosts_now
WHERE blocked_creation_count > 0
ORDER BY blocked_creation_count DESC, host;
