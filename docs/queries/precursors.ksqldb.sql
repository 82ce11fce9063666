-- Where is the livelock about to happen? Living namespaces whose fragment counter has gone below 0, as seen in the last
-- hour: on an affected kernel the deletion of one livelocks the host.
--
--   HOST, KERNEL_RELEASE     where
--   NETNS_NAME, NETNS_INODE  which namespace; '' and 0 if not known
--   PROTOCOL                 IPV4 or IPV6
--   LOWEST_BYTES             the counter at its lowest, bytes
--   FIRST_SEEN, LAST_SEEN    epoch milliseconds
--
-- Cost: reads the table PRECURSORS, a row for each such namespace.
-- Rights: none beyond those of tables.ksqldb.sql. Needs ksqlDB 0.22.

SELECT host, kernel_release, netns_name, netns_inode, protocol, lowest_bytes, first_seen, last_seen
FROM precursors
WHERE last_seen > UNIX_TIMESTAMP() - 3600000;
