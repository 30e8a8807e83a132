#!/bin/bash
# Run once by InfluxDB's image after its setup: the second bucket, the default policy, and a user who may only read.
# Grafana's data source can be used by whoever may open a dashboard, so it gets that user and never the token.
set -euo pipefail

api="http://localhost:${INFLUXD_INIT_PORT}"
org="${DOCKER_INFLUXDB_INIT_ORG_ID}"
raw="${DOCKER_INFLUXDB_INIT_BUCKET_ID}"
token="$(cat "${DOCKER_INFLUXDB_INIT_ADMIN_TOKEN_FILE}")"
password="$(cat "${GRAFANA_PASSWORD_FILE}")"

# Send a JSON body read from standard input, and print the id in the answer. Secrets never stand in a command line.
post() {
  curl --silent --show-error --fail --header @<(printf 'Authorization: Token %s' "${token}") \
    --header 'Content-Type: application/json' --data @- "${api}$1" |
    sed -n 's/^[^:]*"id": *"\([0-9a-f]*\)".*/\1/p' | head -n 1
}

keep="$(post /api/v2/buckets <<<"{\"orgID\": \"${org}\", \"name\": \"lorong/keep\", \"retentionRules\": []}")"

# Variables of dashboards ask for tag values, which InfluxDB looks up in the default policy only.
post /api/v2/dbrps >/dev/null <<<"{\"orgID\": \"${org}\", \"bucketID\": \"${keep}\", \"database\": \"lorong\",
  \"retention_policy\": \"keep\", \"default\": true}"

read_bucket() {
  printf '{"action": "read", "resource": {"type": "buckets", "orgID": "%s", "id": "%s"}}' "${org}" "$1"
}
reader="$(post /private/legacy/authorizations <<<"{\"orgID\": \"${org}\", \"token\": \"grafana\",
  \"description\": \"Grafana reads\", \"permissions\": [$(read_bucket "${raw}"), $(read_bucket "${keep}")]}")"
post "/private/legacy/authorizations/${reader}/password" <<<"{\"password\": \"${password}\"}"
