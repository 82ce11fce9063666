-- What was done to hosts because of incidents in the last day, and what was held back?
--
--   host, recorded_at  where, when (UTC)
--   target, operation  the action by its name in the routes, and what it does
--   phase              how far it has come: e.g. WOULD_APPLY in a dry run, HELD_BACK by a limit, APPLIED, REVERTED
--   incident_key       the incident it is done for
--   cause_id           its cause; null if it had none
--   reason             why it came to this phase, in words; null if the incident is reason enough

SELECT host, recorded_at, target, operation, phase, incident_key, cause_id, reason
FROM host_actions
WHERE record_time > CURRENT_TIMESTAMP - INTERVAL '1' DAY
ORDER BY recorded_at, host;
