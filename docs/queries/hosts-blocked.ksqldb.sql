-- On which hosts do tasks wait inside namespace creation, by their newest snapshot?
--
--   HOST, COLLECTED_AT       where, as of when (UTC)
--   BLOCKED_CREATION_COUNT   tasks inside namespace creation
--   CREATED_NETNS_COUNT      creations that finished since the snapshot before; null if unknown
--   TASKS_IN_D               tasks in uninterruptible sleep
--   KERNEL_RELEASE           uname -r
--
-- Cost: reads the table HOSTS_NOW, a row a host.
-- Rights: to read the topic proc-snapshots. Needs ksqlDB 0.22. Creates nothing.

SELECT
  host,
  collected_at,
  blocked_creation_count,
  created_netns_count,
  task_counts->uninterruptible AS tasks_in_d,
  kernel_release
FROM hosts_now
WHERE blocked_creation_count > 0;
