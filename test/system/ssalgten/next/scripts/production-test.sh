#!/bin/sh
set -e
[ "$1" = --url ]
curl -fsS "$2/api/health"
curl -fsS "$2/"
