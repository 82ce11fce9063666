-- Where is the livelock about to happen? Living namespaces whose fragment counter has gone below 0, as seen in the last hour: on an affected kernel the
-- deletion of one livelocks the host.
--
--   HOST, KERNEL_RELEASE     where
--   NETNS_NAME, NETNS_INODE  which namespace; '' and 0 if not known
--   PROTOCOL                 IPV4 or IPV6
--   LOWEST_BYTES             the counter at its lowest, bytes
--   FIRST_SEEN, LAST_SEEN    epoch milliseconds

SET 'ksql.query.pull.table.scan.enabled' = 'true';

CREATE STREAM unbalanced_counters AS
  SELECT host_key, host, kernel_release, EXPLODE(fragment_counters) AS counter
  FROM proc_snapshots
  EMIT CHANGES;

CREATE TABLE precursors WITH (KEY_FORMAT = 'JSON') AS
  SELECT
    host,
    kernel_release,
    COALESCE(counter->netns_name, '') AS netns_name,
    COALESCE(counter->netns_inode, CAST(0 AS BIGINT)) AS netns_inode,
    counter->protocol AS protocol,
    MIN(counter->memory_bytes) AS lowest_bytes,
    MIN(ROWTIME) AS first_seen,
    MAX(ROWTIME) AS last_seen
  FROM unbalanced_counters
  WHERE counter->memory_bytes < 0
  GROUP BY host, kernel_release, COALESCE(counter->netns_name, ''), COALESCE(counter->netns_inode, CAST(0 AS BIGINT)), counter->protocol
  EMIT CHANGES;

SELECT host, kernel_release, netns_name, netns_inode, protocol, lowest_bytes, first_seen, last_seen
FROM precursors
WHERE last_seen > UNIX_TIMESTAMP() - 3600000;
