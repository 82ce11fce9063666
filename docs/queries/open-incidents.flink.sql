-- Which incidents are open?
--
--   severity, confidence, kind, host  what, where
--   status, no_data                   OPEN or RECOVERING; true when the host has fallen silent since
--   started_at, updated_at            begin of the trouble; latest step; UTC
--   title                             in a line
--   hot_function, hot_cpus            the hot code and the CPUs it uses; null where the rule asks for none
--   worker_pid, blocked_ms            kernel worker that spins; how long the creation has been blocked, milliseconds
--   kernel_release, kernel_verdict, kernel_cure, runbook_url  what to do

SELECT
  severity,
  confidence,
  kind,
  host,
  status,
  no_data,
  started_at,
  updated_at,
  title,
  hot_symbol.symbol AS hot_function,
  hot_symbol.cpus AS hot_cpus,
  worker.pid AS worker_pid,
  blocked_creation.age_ms AS blocked_ms,
  kernel_release,
  kernel_verdict,
  kernel_cure,
  runbook_url
FROM incidents
WHERE status <> 'RESOLVED' AND replay_run_id IS NULL
ORDER BY started_at, host;
