-- What was done to hosts because of incidents in the last day, and what was held back?
--
--   HOST, RECORDED_AT  where, when (UTC)
--   TARGET, OPERATION  the action by its name in the routes, and what it does
--   PHASE              how far it has come: e.g. WOULD_APPLY in a dry run, HELD_BACK by a limit, APPLIED, REVERTED
--   INCIDENT_KEY       the incident it is done for
--   CAUSE_ID           its cause; null if it had none
--   REASON             why it came to this phase, in words; null if the incident is reason enough
--
-- Cost: reads the topic actions from begin to end, once; it is small.
-- Rights: to read this topic. Needs ksqlDB 0.23. Creates nothing.

SELECT host, recorded_at, target, operation, phase, incident_key, cause_id, reason
FROM host_actions
WHERE ROWTIME > UNIX_TIMESTAMP() - 86400000;
