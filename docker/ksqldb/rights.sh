#!/bin/bash
# What the user ksqldb may do on the broker: to read our topics, and all with topics and groups of its own.
# These are the rows of streams-app/README.md, "Rights". Run again it changes nothing.
set -euo pipefail
broker="$1"

allow() { # RESOURCE PATTERN OPERATION NAME...
  local resource="$1" pattern="$2" operation="$3" names=()
  shift 3
  for name; do
    names+=("--$resource" "$name")
  done
  /opt/kafka/bin/kafka-acls.sh --bootstrap-server "$broker" --add --force --allow-principal User:ksqldb \
    --operation "$operation" --resource-pattern-type "$pattern" "${names[@]}"
}

allow topic literal Read netnswatch.proc-snapshots netnswatch.perf-samples netnswatch.netns-latencies
allow topic literal Read netnswatch.incidents netnswatch.dead-letters netnswatch.actions
allow topic literal Describe __consumer_offsets __transaction_state
allow topic prefixed All _confluent-ksql-netnswatch_ ksqldb-netnswatch-
allow group prefixed All _confluent-ksql-netnswatch_
allow transactional-id literal Write netnswatch_
/opt/kafka/bin/kafka-acls.sh --bootstrap-server "$broker" --add --force --allow-principal User:ksqldb \
  --operation DescribeConfigs --cluster
