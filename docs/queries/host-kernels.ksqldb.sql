-- Which kernel does each host run, and which bugs is it known to have? For hosts on affected kernels look for AFFECTED in VERDICTS.
--
--   HOST            the host
--   KERNEL_RELEASE  uname -r of its latest snapshot
--   LAST_SEEN       when that was taken
--   VERDICTS        what incidents have said of that kernel, e.g. 'netns-cleanup-livelock: AFFECTED'; null if it has had none

SET 'ksql.query.pull.table.scan.enabled' = 'true';

CREATE TABLE kernel_verdicts AS
  SELECT kernel_release, COLLECT_SET(CONCAT(kind, ': ', kernel_verdict)) AS verdicts
  FROM incident_steps
  GROUP BY kernel_release
  EMIT CHANGES;

CREATE TABLE kernels AS
  SELECT host, LATEST_BY_OFFSET(kernel_release) AS kernel_release, LATEST_BY_OFFSET(collected_at) AS last_seen
  FROM proc_snapshots
  GROUP BY host
  EMIT CHANGES;

CREATE TABLE host_kernels AS
  SELECT k.host AS host, k.kernel_release AS kernel_release, k.last_seen AS last_seen, v.verdicts AS verdicts
  FROM kernels k
  LEFT JOIN kernel_verdicts v ON k.kernel_release = v.kernel_release
  EMIT CHANGES;

SELECT host, kernel_release, last_seen, verdicts FROM host_kernels;
