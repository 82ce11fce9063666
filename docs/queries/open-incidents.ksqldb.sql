-- Which incidents are open?
--
--   SEVERITY, CONFIDENCE, KIND, HOST  what, where
--   STATUS, NO_DATA                   OPEN or RECOVERING; true when the host has fallen silent since
--   STARTED_AT, UPDATED_AT            begin of the trouble; latest step; UTC
--   TITLE                             in a line
--   HOT_FUNCTION, HOT_CPUS            the hot code and the CPUs it uses; null where the rule asks for none
--   WORKER_PID, BLOCKED_MS            kernel worker that spins; how long the creation has been blocked, milliseconds
--   KERNEL_RELEASE, KERNEL_VERDICT, KERNEL_CURE, RUNBOOK_URL  what to do
--
-- Cost: reads the table INCIDENTS, a row for each incident that the topic still has.
-- Rights: to read the topic incidents. Needs ksqlDB 0.22. Creates nothing.

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
  hot_symbol->symbol AS hot_function,
  hot_symbol->cpus AS hot_cpus,
  worker->pid AS worker_pid,
  blocked_creation->age_ms AS blocked_ms,
  kernel_release,
  kernel_verdict,
  kernel_cure,
  runbook_url
FROM incidents
WHERE status != 'RESOLVED' AND COALESCE(replay_run_id, '') = '';
