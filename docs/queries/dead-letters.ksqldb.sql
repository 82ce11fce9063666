-- Which records could not be used, and why? Not those with no value at all: ksqlDB does not see them.
--
--   REASON_TEXT   UNDECODABLE, UNKNOWN_SCHEMA, INVALID or LATE (schemas/README.md)
--   TOPIC_NAME    the topic they came from
--   RECORD_COUNT  how many
--   LAST_SEEN     record timestamp of the latest, epoch milliseconds
--   LAST_ERROR    what was wrong with the one that came last, in words
--
-- Cost: reads the table DEAD_LETTERS_BY_REASON, which has a few rows.
-- Rights: none beyond those of tables.ksqldb.sql. Needs ksqlDB 0.24 for headers.

SELECT reason_text, topic_name, record_count, last_seen, last_error
FROM dead_letters_by_reason;
