-- Which records could not be used, and why?
--
--   reason_text   UNDECODABLE, UNKNOWN_SCHEMA, INVALID or LATE (schemas/README.md)
--   topic_name    the topic they came from
--   record_count  how many
--   last_seen     record timestamp of the latest
--   last_error    what was wrong with the one that came last, in words

SELECT
  reason_text,
  topic_name,
  COUNT(*) AS record_count,
  MAX(record_time) AS last_seen,
  MAX(CASE WHEN nth_latest = 1 THEN error_text END) AS last_error
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY reason_text, topic_name
      ORDER BY record_time DESC, record_partition DESC, record_offset DESC) AS nth_latest
  FROM (
    SELECT
      CAST(headers['netnswatch.reason'] AS STRING) AS reason_text,
      CAST(headers['netnswatch.source.topic'] AS STRING) AS topic_name,
      CAST(headers['netnswatch.error'] AS STRING) AS error_text,
      record_time,
      record_partition,
      record_offset
    FROM dead_letters
  )
)
GROUP BY reason_text, topic_name
ORDER BY reason_text, topic_name;
