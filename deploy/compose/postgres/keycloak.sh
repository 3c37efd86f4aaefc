#!/bin/sh
# Runs once, as the server is made: Keycloak's own user and database beside the backbones'.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$KEYCLOAK_DB_PASSWORD" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE USER keycloak PASSWORD :'password';
CREATE DATABASE keycloak OWNER keycloak;
REVOKE CONNECT ON DATABASE keycloak, shadowmesh FROM PUBLIC;
GRANT CONNECT ON DATABASE keycloak TO keycloak;
SQL
