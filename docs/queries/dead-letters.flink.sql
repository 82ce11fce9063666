-- Which records could not be used, and why?
--
--   reason_text   UNDECODABLE, UNKNOWN_SCHEMA, INVALID or LATE (schemas/README.md)
--   topic_name    the topic they came from
--   record_count  how many
--   last_seen     record timestamp of the latest
--   any_error     what was wrong with one of them, in words

SELECT
  CAST(headers['netnswatch.reason'] AS STRING) AS reason_text,
  CAST(headers['netnswatch.source.topic'] AS STRING) AS topic_name,
  COUNT(*) AS record_count,
  MAX(record_time) AS last_seen,
  MAX(CAST(headers['netnswatch.error'] AS STRING)) AS any_error
FROM dead_letters
GROUP BY CAST(headers['netnswatch.reason'] AS STRING), CAST(headers['netnswatch.source.topic'] AS STRING)
ORDER BY reason_text, topic_name;
