-- How did one incident go, step by step? Put its key in place of the one below.
--
--   updated_at                      when, UTC
--   event_action, status, severity  TRIGGER, UPDATE or RESOLVE; OPEN, RECOVERING or RESOLVED; how bad
--   title                           in a line
--   blocked_count                   how many creations were blocked; null if unknown
--   first_evidence                  the first record that it stands on, in words

SELECT
  updated_at,
  event_action,
  status,
  severity,
  title,
  blocked_count,
  CASE WHEN CARDINALITY(evidence) > 0 THEN evidence[1].summary END AS first_evidence
FROM incident_steps
WHERE incident_id = 'netns-cleanup-livelock/node-1/2026-01-01T00:00:00Z'
ORDER BY record_offset;
