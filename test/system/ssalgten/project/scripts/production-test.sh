#!/bin/sh
# What 1.0 was tested with. It asks for a page that went since.
set -e
[ "$1" = --url ]
curl -fsS "$2/api/health"
curl -fsS "$2/api/stations"
