-- Which were the slowest namespace creations of each host? The five that took longest of those that have ended, as far back as the topic goes.
--
--   HOST     the host
--   SLOWEST  at most five of: SORT_COL how long it took, milliseconds; COL0 the command; COL1 its outcome (TIMED_OUT: killed at the probe's time
--            limit); COL2 when it began; longest first

CREATE TABLE slowest_creations AS
  SELECT host, TOPK(latency_ms, command_id, outcome, started_at, 5) AS slowest
  FROM netns_latencies
  WHERE command = 'ADD' AND outcome != 'STILL_RUNNING'
  GROUP BY host
  EMIT CHANGES;

SELECT host, slowest FROM slowest_creations;
