-- How many incidents of each kind has each kernel had?
--
--   kernel          uname -r; 'unknown' if no event said
--   kind            what
--   kernel_verdict  whether that kernel has the bug
--   incident_count  incidents, each counted once
--   unresolved      of these not resolved

SELECT
  COALESCE(kernel_release, 'unknown') AS kernel,
  kind,
  kernel_verdict,
  COUNT(*) AS incident_count,
  SUM(CASE WHEN status = 'RESOLVED' THEN 0 ELSE 1 END) AS unresolved
FROM incidents
GROUP BY COALESCE(kernel_release, 'unknown'), kind, kernel_verdict
ORDER BY kernel, kind, kernel_verdict;
