-- How many creations hung on each kernel, ten minutes at a time?
--
--   KERNEL_RELEASE  uname -r
--   WINDOW_START    begin of the ten minutes, epoch milliseconds
--   CREATION_COUNT  creations that were seen in it to have been running for 5 s or more; an estimate above some hundred
--   HOST_COUNT      hosts they were on; likewise
--   LONGEST_MS      how long the longest had been running, milliseconds
--
-- Cost: reads the table BLOCKED_BY_KERNEL, a row a kernel and ten minutes in which something hung.
-- Rights: none beyond those of tables.ksqldb.sql. Needs ksqlDB 0.22.

SELECT kernel_release, WINDOWSTART AS window_start, creation_count, host_count, longest_ms
FROM blocked_by_kernel;
