-- Which records could not be used, and why?
--
--   REASON_TEXT   UNDECODABLE, UNKNOWN_SCHEMA, INVALID or LATE (schemas/README.md)
--   TOPIC_NAME    the topic they came from
--   RECORD_COUNT  how many
--   LAST_SEEN     record timestamp of the latest, epoch milliseconds
--   LAST_ERROR    what was wrong with the one that came last, in words

SET 'ksql.query.pull.table.scan.enabled' = 'true';

CREATE TABLE dead_letters_by_reason WITH (KEY_FORMAT = 'JSON', VALUE_FORMAT = 'AVRO') AS
  SELECT
    FROM_BYTES(reason, 'utf8') AS reason_text,
    FROM_BYTES(source_topic, 'utf8') AS topic_name,
    COUNT(*) AS record_count,
    MAX(ROWTIME) AS last_seen,
    LATEST_BY_OFFSET(FROM_BYTES(error, 'utf8')) AS last_error
  FROM dead_letters
  GROUP BY FROM_BYTES(reason, 'utf8'), FROM_BYTES(source_topic, 'utf8')
  EMIT CHANGES;

SELECT * FROM dead_letters_by_reason;
