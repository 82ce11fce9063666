-- How did one incident go, step by step? Put its key in place of the one below.
--
--   UPDATED_AT                      when, UTC
--   EVENT_ACTION, STATUS, SEVERITY  TRIGGER, UPDATE or RESOLVE; OPEN, RECOVERING or RESOLVED; how bad
--   TITLE                           in a line
--   BLOCKED_COUNT                   how many creations were blocked; null if unknown
--   FIRST_EVIDENCE                  the first record that it stands on, in words
--
-- Cost: reads the topic incidents from begin to end, once.
-- Rights: to read this topic. Needs ksqlDB 0.23. Creates nothing.

DEFINE wanted = 'netns-cleanup-livelock/node-1/2026-01-01T00:00:00Z';

SELECT updated_at, event_action, status, severity, title, blocked_count, evidence[1]->summary AS first_evidence
FROM incident_steps
WHERE incident_id = '${wanted}';
