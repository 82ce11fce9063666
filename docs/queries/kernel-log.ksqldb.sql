-- What did the kernels log of namespaces, locks and stalls in the last hour?
--
--   HOST, LOGGED_AT  where, when (UTC)
--   CATEGORY         what kind of message
--   MESSAGE          the message
--   COMM, PID        the task it is about; null if about none
--   TOP_FRAME        the innermost function of its trace; null if it has none
--
-- Cost: reads the stream KERNEL_LOG_LINES from begin to end, once; it has a row for each line of interest.
-- Rights: none beyond those of tables.ksqldb.sql. Needs ksqlDB 0.23.

SELECT
  host,
  entry->logged_at AS logged_at,
  entry->category AS category,
  entry->message AS message,
  entry->comm AS comm,
  entry->pid AS pid,
  entry->stack[1] AS top_frame
FROM kernel_log_lines
WHERE ROWTIME > UNIX_TIMESTAMP() - 3600000;
