-- Where is the livelock about to happen? Living namespaces whose fragment counter has gone below 0, as seen in the last
-- hour: on an affected kernel the deletion of one livelocks the host.
--
--   host, kernel_release     where
--   netns_name, netns_inode  which namespace; '' and 0 if not known
--   protocol                 IPV4 or IPV6
--   lowest_bytes             the counter at its lowest, bytes
--   first_seen, last_seen    when

SELECT
  host,
  kernel_release,
  COALESCE(counter.netns_name, '') AS netns_name,
  COALESCE(counter.netns_inode, 0) AS netns_inode,
  counter.protocol AS protocol,
  MIN(counter.memory_bytes) AS lowest_bytes,
  MIN(record_time) AS first_seen,
  MAX(record_time) AS last_seen
FROM proc_snapshots
CROSS JOIN UNNEST(fragment_counters) AS counter (netns_inode, netns_name, pid, protocol, memory_bytes)
WHERE counter.memory_bytes < 0
GROUP BY host, kernel_release, COALESCE(counter.netns_name, ''), COALESCE(counter.netns_inode, 0), counter.protocol
HAVING MAX(record_time) > CURRENT_TIMESTAMP - INTERVAL '1' HOUR
ORDER BY host, netns_name, netns_inode, protocol, kernel_release;
