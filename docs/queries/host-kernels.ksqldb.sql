-- Which kernel does each host run, and which bugs is it known to have? For hosts on affected kernels look for AFFECTED
-- in VERDICTS.
--
--   HOST            the host
--   KERNEL_RELEASE  uname -r of its latest snapshot
--   LAST_SEEN       when that was taken, UTC
--   VERDICTS        what incidents have said of that kernel, on this host or another, e.g.
--                   'netns-cleanup-livelock: AFFECTED'; null if it has had none
--
-- Cost: reads the table HOST_KERNELS, a row a host.
-- Rights: none beyond those of tables.ksqldb.sql. Needs ksqlDB 0.22.

SELECT host, kernel_release, last_seen, verdicts
FROM host_kernels;
