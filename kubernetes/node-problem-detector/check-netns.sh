#!/bin/bash
# check-netns.sh [ADDRESS [PORT [SECONDS]]]: whether creations of network namespaces hang on this node, as netnswatch's collector
# sees it; without ADDRESS at $NODE_IP, or else 127.0.0.1. For node-problem-detector: exit code 0 well, 1 they hang, 2 not known; one line of words. Nothing but bash is needed.
address=${1:-${NODE_IP:-127.0.0.1}}
port=${2:-9465}
limit=${3:-30}

{ exec 3<>"/dev/tcp/$address/$port"; } 2>/dev/null || {
  echo "netnswatch's collector does not listen on $address:$port"
  exit 2
}
printf 'GET /metrics HTTP/1.0\r\nHost: %s\r\n\r\n' "$address" >&3
while IFS=' ' read -r -t 5 -u 3 name value; do
  value=${value%%.*}
  case $name in
  netnswatch_collector_blocked_creations) count=${value%$'\r'} ;;
  netnswatch_collector_oldest_blocked_creation_seconds) oldest=${value%$'\r'} ;;
  netnswatch_collector_snapshot_age_seconds) age=${value%$'\r'} ;;
  esac
done

if [[ -z $count || -z $oldest || -z $age ]]; then
  echo "netnswatch's collector can't see stacks, or has seen nothing yet"
  exit 2
elif ((age > 60)); then
  echo "The latest snapshot of netnswatch's collector is $age s old"
  exit 2
elif ((count > 0 && oldest >= limit)); then
  echo "$count creations of network namespaces hang, the oldest for $oldest s"
  exit 1
fi
echo "Creations of network namespaces finish"
