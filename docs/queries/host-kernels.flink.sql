-- Which kernel does each host run, and which bugs is it known to have? For hosts on affected kernels add WHERE kernel_verdict = 'AFFECTED'.
--
--   host            the host
--   kernel_release  uname -r of its latest snapshot
--   last_seen       when that was taken, UTC
--   kind            a kind of incident that this kernel has had, on this host or another; null if none
--   kernel_verdict  whether the kernel has that bug

SELECT k.host, k.kernel_release, k.last_seen, v.kind, v.kernel_verdict
FROM (
  SELECT host, kernel_release, collected_at AS last_seen, ROW_NUMBER() OVER (PARTITION BY host ORDER BY record_offset DESC) AS nth_latest
  FROM proc_snapshots
) AS k
LEFT JOIN (SELECT DISTINCT kernel_release, kind, kernel_verdict FROM incident_steps) AS v
  ON k.kernel_release = v.kernel_release
WHERE k.nth_latest = 1
ORDER BY host, kind, kernel_verdict;
