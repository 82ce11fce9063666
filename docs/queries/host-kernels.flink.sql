-- Which kernel does each host run, and which bugs is it known to have? For hosts on affected kernels look for AFFECTED
-- in VERDICTS.
--
--   host            the host
--   kernel_release  uname -r of its latest snapshot
--   last_seen       when that was taken, UTC
--   verdicts        what incidents have said of that kernel, on this host or another, e.g.
--                   'netns-cleanup-livelock: AFFECTED'; null if it has had none

SELECT h.host, h.kernel_release, h.collected_at AS last_seen, v.verdicts
FROM hosts_now AS h
LEFT JOIN (
  SELECT kernel_release, ARRAY_SORT(ARRAY_AGG(DISTINCT kind || ': ' || kernel_verdict)) AS verdicts
  FROM incident_steps
  GROUP BY kernel_release
) AS v ON h.kernel_release = v.kernel_release
ORDER BY host;
