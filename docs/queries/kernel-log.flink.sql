-- What did the kernels log of namespaces, locks and stalls in the last hour?
--
--   host, logged_at  where, when (UTC)
--   category         what kind of message
--   message          the message
--   comm, pid        the task it is about; null if about none
--   top_frame        the innermost function of its trace; null if it has none

SELECT
  host,
  entry.logged_at AS logged_at,
  entry.category AS category,
  entry.message AS message,
  entry.comm AS comm,
  entry.pid AS pid,
  CASE WHEN CARDINALITY(entry.stack) > 0 THEN entry.stack[1] END AS top_frame
FROM proc_snapshots
CROSS JOIN UNNEST(kernel_log)
  AS entry (logged_at, category, message, device, usage_count, pid, comm, state, blocked_for_ms, stack)
WHERE record_time > CURRENT_TIMESTAMP - INTERVAL '1' HOUR
ORDER BY logged_at, host, category, message;
