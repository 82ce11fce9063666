-- How many incidents of each kind has each kernel had?
--
--   KERNEL          uname -r; 'unknown' if no event said
--   KIND            what
--   KERNEL_VERDICT  whether that kernel has the bug
--   INCIDENT_COUNT  incidents, each counted once
--   UNRESOLVED      of these not resolved
--
-- Cost: reads the table INCIDENTS_BY_KERNEL, a row a kernel and kind.
-- Rights: none beyond those of tables.ksqldb.sql. Needs ksqlDB 0.22.

SELECT kernel, kind, kernel_verdict, incident_count, unresolved
FROM incidents_by_kernel;
