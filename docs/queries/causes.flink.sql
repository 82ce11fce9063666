-- Who holds it up, by which bug, and what can be done now? Of each incident that is not resolved.
--
--   host, kind                  where, what
--   cause_id, summary           the cause, and what happens, in words; null where nothing is known of it
--   endless                     whether it never ends by itself; null if that is not known
--   culprit_pid, culprit_comm   the task at the root; null if no evidence shows it
--   kernel_function, subsystem  where in the kernel it is
--   blocked_count               creations that wait; null if unknown
--   oldest_blocked_at           since when the oldest of them has waited, UTC
--   kernel_verdict, fix         whether this kernel has that bug; commit and first releases that fix it
--   without_reboot              what can be done without one

SELECT
  host,
  kind,
  cause.cause_id AS cause_id,
  cause.summary AS summary,
  cause.endless AS endless,
  culprit.pid AS culprit_pid,
  culprit.comm AS culprit_comm,
  culprit.kernel_function AS kernel_function,
  culprit.subsystem AS subsystem,
  blocked_count,
  oldest_blocked_at,
  kernel_verdict,
  cause.fix AS fix,
  ARRAY_JOIN(cause.options, '; ') AS without_reboot
FROM incidents
WHERE status <> 'RESOLVED' AND replay_run_id IS NULL
ORDER BY incident_id;
