-- All topics as Flink SQL sees them: run this first, with the addresses of your broker and registry in place of
-- localhost.
--
-- Columns are the fields of schemas/README.md; host_key, incident_id and record_key are the record keys, record_time
-- is the record timestamp: the event time. Other timestamps are UTC. A field inside a record is reached with a dot.
-- Each read begins at the topic's begin and ends where it ended when the query started. Flink reads no Avro enum
-- unless it is told the schema, and refuses a table whose columns differ from it: so this file is made after
-- schemas/src/main/avro, and a test compares them (it writes the file with -Dnetnswatch.rewrite=true).
--
--   proc_snapshots   what /proc said, one row per host and 5 s
--   perf_samples     where the CPUs spent a slice of some seconds
--   netns_latencies  namespace commands: how long they took, or have been running
--   incident_steps   the life of each incident, step by step
--   incidents        each incident as it stands now
--   hosts_now        the newest snapshot of each host
--   host_actions     what oncall did to hosts because of incidents, step by step
--   dead_letters     records that could not be used: the original bytes, and why in the headers

SET 'execution.runtime-mode' = 'batch';

SET 'table.local-time-zone' = 'UTC';

CREATE TABLE proc_snapshots (
  host_key STRING,
  `host` STRING NOT NULL,
  `boot_id` STRING NOT NULL,
  `collector_started_at` TIMESTAMP(3) NOT NULL,
  `sequence` BIGINT NOT NULL,
  `collected_at` TIMESTAMP(3) NOT NULL,
  `interval_ms` INT,
  `uptime_ms` BIGINT,
  `kernel_release` STRING NOT NULL,
  `kernel_version` STRING NOT NULL,
  `cpu_count` INT NOT NULL,
  `netns_counts` ROW<`reachable` INT, `named` INT, `slab_objects` INT> NOT NULL,
  `fragment_counters` ARRAY<ROW<`netns_inode` BIGINT, `netns_name` STRING, `pid` INT, `protocol` STRING NOT NULL, `memory_bytes` BIGINT NOT NULL> NOT NULL> NOT NULL,
  `placeholder_count` INT,
  `placeholder_names` ARRAY<STRING NOT NULL> NOT NULL,
  `modules_of_interest` ARRAY<STRING NOT NULL>,
  `task_counts` ROW<`total` INT NOT NULL, `running` INT NOT NULL, `sleeping` INT NOT NULL, `uninterruptible` INT NOT NULL, `idle` INT NOT NULL, `other` INT NOT NULL> NOT NULL,
  `tasks_of_interest` ARRAY<ROW<`pid` INT NOT NULL, `comm` STRING NOT NULL, `kernel_thread` BOOLEAN NOT NULL, `state` STRING NOT NULL, `cpu_use` DOUBLE, `wchan` STRING, `stack` ARRAY<STRING NOT NULL>, `blocked_for_ms` BIGINT, `netns_arguments` STRING, `reasons` ARRAY<STRING NOT NULL> NOT NULL, `tgid` INT, `more_stacks` ARRAY<ROW<`frames` ARRAY<STRING NOT NULL> NOT NULL> NOT NULL> NOT NULL> NOT NULL> NOT NULL,
  `tasks_omitted` INT NOT NULL,
  `unreadable` ARRAY<STRING NOT NULL> NOT NULL,
  `blocked_creation_count` INT,
  `created_netns_count` INT,
  `kernel_log` ARRAY<ROW<`logged_at` TIMESTAMP(3) NOT NULL, `category` STRING NOT NULL, `message` STRING NOT NULL, `device` STRING, `usage_count` INT, `pid` INT, `comm` STRING, `state` STRING, `blocked_for_ms` BIGINT, `stack` ARRAY<STRING NOT NULL> NOT NULL> NOT NULL> NOT NULL,
  `kernel_log_omitted` INT NOT NULL,
  record_partition INT METADATA FROM 'partition' VIRTUAL,
  record_offset BIGINT METADATA FROM 'offset' VIRTUAL,
  record_time TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL
) WITH (
  'connector' = 'kafka',
  'topic' = 'netnswatch.proc-snapshots',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'scan.bounded.mode' = 'latest-offset',
  'key.format' = 'raw',
  'key.fields' = 'host_key',
  'value.fields-include' = 'EXCEPT_KEY',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = 'http://localhost:8081',
  'value.avro-confluent.schema' = '{"type":"record","name":"ProcSnapshot","namespace":"io.netnswatch.schema","fields":[{"name":"host","type":"string"},{"name":"boot_id","type":"string"},{"name":"collector_started_at","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"sequence","type":"long"},{"name":"collected_at","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"interval_ms","type":["null","int"],"default":null},{"name":"uptime_ms","type":["null","long"],"default":null},{"name":"kernel_release","type":"string"},{"name":"kernel_version","type":"string"},{"name":"cpu_count","type":"int"},{"name":"netns_counts","type":{"type":"record","name":"NetnsCounts","fields":[{"name":"reachable","type":["null","int"],"default":null},{"name":"named","type":["null","int"],"default":null},{"name":"slab_objects","type":["null","int"],"default":null}]}},{"name":"fragment_counters","type":{"type":"array","items":{"type":"record","name":"FragmentCounter","fields":[{"name":"netns_inode","type":["null","long"],"default":null},{"name":"netns_name","type":["null","string"],"default":null},{"name":"pid","type":["null","int"],"default":null},{"name":"protocol","type":{"type":"enum","name":"FragmentProtocol","symbols":["IPV4","IPV6"]}},{"name":"memory_bytes","type":"long"}]}},"default":[]},{"name":"placeholder_count","type":["null","int"],"default":null},{"name":"placeholder_names","type":{"type":"array","items":"string"},"default":[]},{"name":"modules_of_interest","type":["null",{"type":"array","items":"string"}],"default":null},{"name":"task_counts","type":{"type":"record","name":"TaskCounts","fields":[{"name":"total","type":"int"},{"name":"running","type":"int"},{"name":"sleeping","type":"int"},{"name":"uninterruptible","type":"int"},{"name":"idle","type":"int"},{"name":"other","type":"int"}]}},{"name":"tasks_of_interest","type":{"type":"array","items":{"type":"record","name":"TaskOfInterest","fields":[{"name":"pid","type":"int"},{"name":"comm","type":"string"},{"name":"kernel_thread","type":"boolean"},{"name":"state","type":"string"},{"name":"cpu_use","type":["null","double"],"default":null},{"name":"wchan","type":["null","string"],"default":null},{"name":"stack","type":["null",{"type":"array","items":"string"}],"default":null},{"name":"blocked_for_ms","type":["null","long"],"default":null},{"name":"netns_arguments","type":["null","string"],"default":null},{"name":"reasons","type":{"type":"array","items":{"type":"enum","name":"InterestReason","symbols":["HOT_KERNEL_THREAD","UNINTERRUPTIBLE","NETNS_STACK","NETNS_COMMAND"]}}},{"name":"tgid","type":["null","int"],"default":null},{"name":"more_stacks","type":{"type":"array","items":{"type":"record","name":"StackLook","fields":[{"name":"frames","type":{"type":"array","items":"string"}}]}},"default":[]}]}},"default":[]},{"name":"tasks_omitted","type":"int","default":0},{"name":"unreadable","type":{"type":"array","items":"string"},"default":[]},{"name":"blocked_creation_count","type":["null","int"],"default":null},{"name":"created_netns_count","type":["null","int"],"default":null},{"name":"kernel_log","type":{"type":"array","items":{"type":"record","name":"KernelLogEntry","fields":[{"name":"logged_at","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"category","type":"string"},{"name":"message","type":"string"},{"name":"device","type":["null","string"],"default":null},{"name":"usage_count","type":["null","int"],"default":null},{"name":"pid","type":["null","int"],"default":null},{"name":"comm","type":["null","string"],"default":null},{"name":"state","type":["null","string"],"default":null},{"name":"blocked_for_ms","type":["null","long"],"default":null},{"name":"stack","type":{"type":"array","items":"string"},"default":[]}]}},"default":[]},{"name":"kernel_log_omitted","type":"int","default":0}]}'
);

CREATE TABLE perf_samples (
  host_key STRING,
  `host` STRING NOT NULL,
  `boot_id` STRING NOT NULL,
  `collector_started_at` TIMESTAMP(3) NOT NULL,
  `sequence` BIGINT NOT NULL,
  `kernel_release` STRING NOT NULL,
  `started_at` TIMESTAMP(3) NOT NULL,
  `duration_ms` INT NOT NULL,
  `event` STRING NOT NULL,
  `frequency_hz` INT NOT NULL,
  `cpu_count` INT NOT NULL,
  `sample_count` BIGINT NOT NULL,
  `idle_count` BIGINT NOT NULL,
  `lost_count` BIGINT,
  `call_paths_recorded` BOOLEAN NOT NULL,
  `symbols_omitted` INT NOT NULL,
  `symbols` ARRAY<ROW<`symbol` STRING NOT NULL, `module` STRING, `comm` STRING NOT NULL, `pid` INT NOT NULL, `samples` BIGINT NOT NULL, `call_paths` ARRAY<ROW<`frames` ARRAY<STRING NOT NULL> NOT NULL, `samples` BIGINT NOT NULL> NOT NULL> NOT NULL> NOT NULL> NOT NULL,
  record_partition INT METADATA FROM 'partition' VIRTUAL,
  record_offset BIGINT METADATA FROM 'offset' VIRTUAL,
  record_time TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL
) WITH (
  'connector' = 'kafka',
  'topic' = 'netnswatch.perf-samples',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'scan.bounded.mode' = 'latest-offset',
  'key.format' = 'raw',
  'key.fields' = 'host_key',
  'value.fields-include' = 'EXCEPT_KEY',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = 'http://localhost:8081',
  'value.avro-confluent.schema' = '{"type":"record","name":"PerfSample","namespace":"io.netnswatch.schema","fields":[{"name":"host","type":"string"},{"name":"boot_id","type":"string"},{"name":"collector_started_at","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"sequence","type":"long"},{"name":"kernel_release","type":"string"},{"name":"started_at","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"duration_ms","type":"int"},{"name":"event","type":"string"},{"name":"frequency_hz","type":"int"},{"name":"cpu_count","type":"int"},{"name":"sample_count","type":"long"},{"name":"idle_count","type":"long"},{"name":"lost_count","type":["null","long"],"default":null},{"name":"call_paths_recorded","type":"boolean"},{"name":"symbols_omitted","type":"int","default":0},{"name":"symbols","type":{"type":"array","items":{"type":"record","name":"SymbolSamples","fields":[{"name":"symbol","type":"string"},{"name":"module","type":["null","string"],"default":null},{"name":"comm","type":"string"},{"name":"pid","type":"int"},{"name":"samples","type":"long"},{"name":"call_paths","type":{"type":"array","items":{"type":"record","name":"CallPath","fields":[{"name":"frames","type":{"type":"array","items":"string"}},{"name":"samples","type":"long"}]}},"default":[]}]}}}]}'
);

CREATE TABLE netns_latencies (
  host_key STRING,
  `host` STRING NOT NULL,
  `boot_id` STRING NOT NULL,
  `collector_started_at` TIMESTAMP(3) NOT NULL,
  `sequence` BIGINT NOT NULL,
  `kernel_release` STRING NOT NULL,
  `command` STRING NOT NULL,
  `origin` STRING NOT NULL,
  `command_id` STRING NOT NULL,
  `pid` INT,
  `comm` STRING,
  `netns_name` STRING,
  `started_at` TIMESTAMP(3) NOT NULL,
  `observed_at` TIMESTAMP(3) NOT NULL,
  `latency_ms` DOUBLE NOT NULL,
  `time_limit_ms` BIGINT,
  `outcome` STRING NOT NULL,
  `exit_code` INT,
  `signal` INT,
  `stderr` STRING,
  `blocked_at` ROW<`state` STRING NOT NULL, `wchan` STRING, `stack` ARRAY<STRING NOT NULL>>,
  record_partition INT METADATA FROM 'partition' VIRTUAL,
  record_offset BIGINT METADATA FROM 'offset' VIRTUAL,
  record_time TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL
) WITH (
  'connector' = 'kafka',
  'topic' = 'netnswatch.netns-latencies',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'scan.bounded.mode' = 'latest-offset',
  'key.format' = 'raw',
  'key.fields' = 'host_key',
  'value.fields-include' = 'EXCEPT_KEY',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = 'http://localhost:8081',
  'value.avro-confluent.schema' = '{"type":"record","name":"NetnsLatency","namespace":"io.netnswatch.schema","fields":[{"name":"host","type":"string"},{"name":"boot_id","type":"string"},{"name":"collector_started_at","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"sequence","type":"long"},{"name":"kernel_release","type":"string"},{"name":"command","type":{"type":"enum","name":"NetnsCommand","symbols":["ADD","DELETE","LIST"]}},{"name":"origin","type":{"type":"enum","name":"CommandOrigin","symbols":["PROBE","OBSERVED"]}},{"name":"command_id","type":"string"},{"name":"pid","type":["null","int"],"default":null},{"name":"comm","type":["null","string"],"default":null},{"name":"netns_name","type":["null","string"],"default":null},{"name":"started_at","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"observed_at","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"latency_ms","type":"double"},{"name":"time_limit_ms","type":["null","long"],"default":null},{"name":"outcome","type":{"type":"enum","name":"CommandOutcome","symbols":["SUCCEEDED","FAILED","TIMED_OUT","STILL_RUNNING"]}},{"name":"exit_code","type":["null","int"],"default":null},{"name":"signal","type":["null","int"],"default":null},{"name":"stderr","type":["null","string"],"default":null},{"name":"blocked_at","type":["null",{"type":"record","name":"BlockedAt","fields":[{"name":"state","type":"string"},{"name":"wchan","type":["null","string"],"default":null},{"name":"stack","type":["null",{"type":"array","items":"string"}],"default":null}]}],"default":null}]}'
);

CREATE TABLE incident_steps (
  incident_id STRING,
  `incident_key` STRING NOT NULL,
  `event_id` STRING NOT NULL,
  `event_action` STRING NOT NULL,
  `kind` STRING NOT NULL,
  `severity` STRING NOT NULL,
  `confidence` STRING NOT NULL,
  `status` STRING NOT NULL,
  `resolution` STRING,
  `no_data` BOOLEAN NOT NULL,
  `title` STRING NOT NULL,
  `description` STRING NOT NULL,
  `host` STRING NOT NULL,
  `boot_id` STRING NOT NULL,
  `component` STRING NOT NULL,
  `incident_class` STRING NOT NULL,
  `incident_group` STRING NOT NULL,
  `started_at` TIMESTAMP(3) NOT NULL,
  `detected_at` TIMESTAMP(3) NOT NULL,
  `updated_at` TIMESTAMP(3) NOT NULL,
  `ended_at` TIMESTAMP(3),
  `rule_id` STRING NOT NULL,
  `rule_version` STRING NOT NULL,
  `detector_version` STRING NOT NULL,
  `runbook_url` STRING NOT NULL,
  `dashboard_url` STRING,
  `kernel_release` STRING,
  `kernel_version` STRING,
  `kernel_verdict` STRING NOT NULL,
  `kernel_verdict_reason` STRING NOT NULL,
  `kernel_cure` STRING,
  `hot_symbol` ROW<`symbol` STRING NOT NULL, `cpus` DOUBLE NOT NULL, `samples` BIGINT NOT NULL, `comm` STRING NOT NULL, `pid` INT NOT NULL, `call_path` ARRAY<STRING NOT NULL> NOT NULL, `observed_at` TIMESTAMP(3) NOT NULL>,
  `worker` ROW<`pid` INT NOT NULL, `comm` STRING NOT NULL, `state` STRING NOT NULL, `cpu_use` DOUBLE, `stack` ARRAY<STRING NOT NULL> NOT NULL, `observed_at` TIMESTAMP(3) NOT NULL>,
  `blocked_creation` ROW<`origin` STRING NOT NULL, `pid` INT, `comm` STRING, `netns_name` STRING, `started_at` TIMESTAMP(3) NOT NULL, `age_ms` BIGINT NOT NULL, `state` STRING, `wchan` STRING, `stack` ARRAY<STRING NOT NULL> NOT NULL, `observed_at` TIMESTAMP(3) NOT NULL>,
  `fragment_imbalance` ROW<`netns_name` STRING, `netns_inode` BIGINT, `pid` INT, `protocol` STRING NOT NULL, `memory_bytes` BIGINT NOT NULL, `observed_at` TIMESTAMP(3) NOT NULL>,
  `missing` ARRAY<STRING NOT NULL> NOT NULL,
  `evidence` ARRAY<ROW<`summary` STRING NOT NULL, `observed_at` TIMESTAMP(3) NOT NULL, `source_topic` STRING, `source_partition` INT, `source_offset` BIGINT> NOT NULL> NOT NULL,
  `replay_run_id` STRING,
  `resolution_reason` STRING,
  `cause` ROW<`cause_id` STRING NOT NULL, `cause_version` STRING NOT NULL, `summary` STRING NOT NULL, `known` BOOLEAN NOT NULL, `endless` BOOLEAN, `fix` STRING, `options` ARRAY<STRING NOT NULL> NOT NULL, `alternatives` ARRAY<STRING NOT NULL> NOT NULL>,
  `culprit` ROW<`task_role` STRING NOT NULL, `pid` INT NOT NULL, `comm` STRING NOT NULL, `state` STRING, `cpu_use` DOUBLE, `kernel_function` STRING, `subsystem` STRING, `stack` ARRAY<STRING NOT NULL> NOT NULL, `deciding_frame` INT, `observed_at` TIMESTAMP(3) NOT NULL>,
  `wait_chain` ARRAY<ROW<`task_role` STRING NOT NULL, `pid` INT, `comm` STRING, `waits_for` STRING, `in_function` STRING, `inferred` BOOLEAN NOT NULL> NOT NULL> NOT NULL,
  `blocked_count` INT,
  `oldest_blocked_at` TIMESTAMP(3),
  record_partition INT METADATA FROM 'partition' VIRTUAL,
  record_offset BIGINT METADATA FROM 'offset' VIRTUAL,
  record_time TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL
) WITH (
  'connector' = 'kafka',
  'topic' = 'netnswatch.incidents',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'scan.bounded.mode' = 'latest-offset',
  'key.format' = 'raw',
  'key.fields' = 'incident_id',
  'value.fields-include' = 'EXCEPT_KEY',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = 'http://localhost:8081',
  'value.avro-confluent.schema' = '{"type":"record","name":"Incident","namespace":"io.netnswatch.schema","fields":[{"name":"incident_key","type":"string"},{"name":"event_id","type":"string"},{"name":"event_action","type":{"type":"enum","name":"EventAction","symbols":["TRIGGER","UPDATE","RESOLVE"]}},{"name":"kind","type":"string"},{"name":"severity","type":{"type":"enum","name":"Severity","symbols":["CRITICAL","ERROR","WARNING","INFO"]}},{"name":"confidence","type":{"type":"enum","name":"Confidence","symbols":["CONFIRMED","PROBABLE","SUSPECTED"]}},{"name":"status","type":{"type":"enum","name":"IncidentStatus","symbols":["OPEN","RECOVERING","RESOLVED"]}},{"name":"resolution","type":["null",{"type":"enum","name":"Resolution","symbols":["RECOVERED","REBOOTED","SUPERSEDED"]}],"default":null},{"name":"no_data","type":"boolean","default":false},{"name":"title","type":"string"},{"name":"description","type":"string"},{"name":"host","type":"string"},{"name":"boot_id","type":"string"},{"name":"component","type":"string"},{"name":"incident_class","type":"string"},{"name":"incident_group","type":"string"},{"name":"started_at","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"detected_at","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"updated_at","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"ended_at","type":["null",{"type":"long","logicalType":"timestamp-millis"}],"default":null},{"name":"rule_id","type":"string"},{"name":"rule_version","type":"string"},{"name":"detector_version","type":"string"},{"name":"runbook_url","type":"string"},{"name":"dashboard_url","type":["null","string"],"default":null},{"name":"kernel_release","type":["null","string"],"default":null},{"name":"kernel_version","type":["null","string"],"default":null},{"name":"kernel_verdict","type":{"type":"enum","name":"KernelVerdict","symbols":["AFFECTED","NOT_AFFECTED","UNKNOWN"]}},{"name":"kernel_verdict_reason","type":"string"},{"name":"kernel_cure","type":["null","string"],"default":null},{"name":"hot_symbol","type":["null",{"type":"record","name":"HotSymbol","fields":[{"name":"symbol","type":"string"},{"name":"cpus","type":"double"},{"name":"samples","type":"long"},{"name":"comm","type":"string"},{"name":"pid","type":"int"},{"name":"call_path","type":{"type":"array","items":"string"}},{"name":"observed_at","type":{"type":"long","logicalType":"timestamp-millis"}}]}],"default":null},{"name":"worker","type":["null",{"type":"record","name":"Worker","fields":[{"name":"pid","type":"int"},{"name":"comm","type":"string"},{"name":"state","type":"string"},{"name":"cpu_use","type":["null","double"],"default":null},{"name":"stack","type":{"type":"array","items":"string"}},{"name":"observed_at","type":{"type":"long","logicalType":"timestamp-millis"}}]}],"default":null},{"name":"blocked_creation","type":["null",{"type":"record","name":"BlockedCreation","fields":[{"name":"origin","type":"string"},{"name":"pid","type":["null","int"],"default":null},{"name":"comm","type":["null","string"],"default":null},{"name":"netns_name","type":["null","string"],"default":null},{"name":"started_at","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"age_ms","type":"long"},{"name":"state","type":["null","string"],"default":null},{"name":"wchan","type":["null","string"],"default":null},{"name":"stack","type":{"type":"array","items":"string"}},{"name":"observed_at","type":{"type":"long","logicalType":"timestamp-millis"}}]}],"default":null},{"name":"fragment_imbalance","type":["null",{"type":"record","name":"FragmentImbalance","fields":[{"name":"netns_name","type":["null","string"],"default":null},{"name":"netns_inode","type":["null","long"],"default":null},{"name":"pid","type":["null","int"],"default":null},{"name":"protocol","type":"string"},{"name":"memory_bytes","type":"long"},{"name":"observed_at","type":{"type":"long","logicalType":"timestamp-millis"}}]}],"default":null},{"name":"missing","type":{"type":"array","items":"string"},"default":[]},{"name":"evidence","type":{"type":"array","items":{"type":"record","name":"EvidenceItem","fields":[{"name":"summary","type":"string"},{"name":"observed_at","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"source_topic","type":["null","string"],"default":null},{"name":"source_partition","type":["null","int"],"default":null},{"name":"source_offset","type":["null","long"],"default":null}]}},"default":[]},{"name":"replay_run_id","type":["null","string"],"default":null},{"name":"resolution_reason","type":["null","string"],"default":null},{"name":"cause","type":["null",{"type":"record","name":"Cause","fields":[{"name":"cause_id","type":"string"},{"name":"cause_version","type":"string"},{"name":"summary","type":"string"},{"name":"known","type":"boolean"},{"name":"endless","type":["null","boolean"],"default":null},{"name":"fix","type":["null","string"],"default":null},{"name":"options","type":{"type":"array","items":"string"},"default":[]},{"name":"alternatives","type":{"type":"array","items":"string"},"default":[]}]}],"default":null},{"name":"culprit","type":["null",{"type":"record","name":"Culprit","fields":[{"name":"task_role","type":"string"},{"name":"pid","type":"int"},{"name":"comm","type":"string"},{"name":"state","type":["null","string"],"default":null},{"name":"cpu_use","type":["null","double"],"default":null},{"name":"kernel_function","type":["null","string"],"default":null},{"name":"subsystem","type":["null","string"],"default":null},{"name":"stack","type":{"type":"array","items":"string"},"default":[]},{"name":"deciding_frame","type":["null","int"],"default":null},{"name":"observed_at","type":{"type":"long","logicalType":"timestamp-millis"}}]}],"default":null},{"name":"wait_chain","type":{"type":"array","items":{"type":"record","name":"WaitStep","fields":[{"name":"task_role","type":"string"},{"name":"pid","type":["null","int"],"default":null},{"name":"comm","type":["null","string"],"default":null},{"name":"waits_for","type":["null","string"],"default":null},{"name":"in_function","type":["null","string"],"default":null},{"name":"inferred","type":"boolean","default":false}]}},"default":[]},{"name":"blocked_count","type":["null","int"],"default":null},{"name":"oldest_blocked_at","type":["null",{"type":"long","logicalType":"timestamp-millis"}],"default":null}]}'
);

CREATE TABLE host_actions (
  host_key STRING,
  `host` STRING NOT NULL,
  `target` STRING NOT NULL,
  `operation` STRING NOT NULL,
  `phase` STRING NOT NULL,
  `incident_key` STRING NOT NULL,
  `kind` STRING NOT NULL,
  `cause_id` STRING,
  `title` STRING NOT NULL,
  `reason` STRING,
  `recorded_at` TIMESTAMP(3) NOT NULL,
  `begun_at` TIMESTAMP(3),
  `held_back_since` TIMESTAMP(3),
  `to_undo` ARRAY<STRING NOT NULL> NOT NULL,
  `oncall_version` STRING NOT NULL,
  record_partition INT METADATA FROM 'partition' VIRTUAL,
  record_offset BIGINT METADATA FROM 'offset' VIRTUAL,
  record_time TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL
) WITH (
  'connector' = 'kafka',
  'topic' = 'netnswatch.actions',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'scan.bounded.mode' = 'latest-offset',
  'key.format' = 'raw',
  'key.fields' = 'host_key',
  'value.fields-include' = 'EXCEPT_KEY',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = 'http://localhost:8081',
  'value.avro-confluent.schema' = '{"type":"record","name":"HostAction","namespace":"io.netnswatch.schema","fields":[{"name":"host","type":"string"},{"name":"target","type":"string"},{"name":"operation","type":"string"},{"name":"phase","type":{"type":"enum","name":"ActionPhase","symbols":["WOULD_APPLY","HELD_BACK","APPLYING","APPLIED","ALREADY_SO","REFUSED","REVERTING","REVERTED","LEFT_ALONE"]}},{"name":"incident_key","type":"string"},{"name":"kind","type":"string"},{"name":"cause_id","type":["null","string"],"default":null},{"name":"title","type":"string"},{"name":"reason","type":["null","string"],"default":null},{"name":"recorded_at","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"begun_at","type":["null",{"type":"long","logicalType":"timestamp-millis"}],"default":null},{"name":"held_back_since","type":["null",{"type":"long","logicalType":"timestamp-millis"}],"default":null},{"name":"to_undo","type":{"type":"array","items":"string"},"default":[]},{"name":"oncall_version","type":"string"}]}'
);

CREATE VIEW incidents AS
SELECT *
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY incident_id ORDER BY record_offset DESC) AS nth_latest
  FROM incident_steps
)
WHERE nth_latest = 1;

CREATE VIEW hosts_now AS
SELECT *
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY host_key ORDER BY record_offset DESC) AS nth_latest
  FROM proc_snapshots
)
WHERE nth_latest = 1;

CREATE TABLE dead_letters (
  record_key STRING,
  payload BYTES,
  headers MAP<STRING, BYTES> METADATA VIRTUAL,
  record_partition INT METADATA FROM 'partition' VIRTUAL,
  record_offset BIGINT METADATA FROM 'offset' VIRTUAL,
  record_time TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL
) WITH (
  'connector' = 'kafka',
  'topic' = 'netnswatch.dead-letters',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'scan.bounded.mode' = 'latest-offset',
  'key.format' = 'raw',
  'key.fields' = 'record_key',
  'value.fields-include' = 'EXCEPT_KEY',
  'value.format' = 'raw'
);
