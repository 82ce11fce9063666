-- Who holds it up, by which bug, and what can be done now? Of each incident that is not resolved.
--
--   HOST, KIND                  where, what
--   CAUSE_ID, SUMMARY           the cause, and what happens, in words; null where nothing is known of it
--   ENDLESS                     whether it never ends by itself; null if that is not known
--   CULPRIT_PID, CULPRIT_COMM   the task at the root; null if no evidence shows it
--   KERNEL_FUNCTION, SUBSYSTEM  where in the kernel it is
--   BLOCKED_COUNT               creations that wait; null if unknown
--   OLDEST_BLOCKED_AT           since when the oldest of them has waited, UTC
--   KERNEL_VERDICT, FIX         whether this kernel has that bug; commit and first releases that fix it
--   WITHOUT_REBOOT              what can be done without one
--
-- Cost: reads the table INCIDENTS, a row for each incident that the topic still has.
-- Rights: to read the topic incidents. Needs ksqlDB 0.22. Creates nothing.

SELECT
  host,
  kind,
  cause->cause_id AS cause_id,
  cause->summary AS summary,
  cause->endless AS endless,
  culprit->pid AS culprit_pid,
  culprit->comm AS culprit_comm,
  culprit->kernel_function AS kernel_function,
  culprit->subsystem AS subsystem,
  blocked_count,
  oldest_blocked_at,
  kernel_verdict,
  cause->fix AS fix,
  ARRAY_JOIN(cause->options, '; ') AS without_reboot
FROM incidents
WHERE status != 'RESOLVED' AND COALESCE(replay_run_id, '') = '';
