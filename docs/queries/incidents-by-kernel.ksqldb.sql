-- How many incidents of each kind has each kernel had?
--
--   KERNEL          uname -r; 'unknown' if no event said
--   KIND            what
--   KERNEL_VERDICT  whether that kernel has the bug
--   INCIDENT_COUNT  incidents, each counted once
--   UNRESOLVED      of these not resolved

SET 'ksql.query.pull.table.scan.enabled' = 'true';

CREATE TABLE incidents_by_kernel WITH (KEY_FORMAT = 'JSON') AS
  SELECT
    COALESCE(kernel_release, 'unknown') AS kernel,
    kind,
    kernel_verdict,
    COUNT(*) AS incident_count,
    SUM(CASE WHEN status = 'RESOLVED' THEN 0 ELSE 1 END) AS unresolved
  FROM incidents
  GROUP BY COALESCE(kernel_release, 'unknown'), kind, kernel_verdict
  EMIT CHANGES;

SELECT * FROM incidents_by_kernel;
