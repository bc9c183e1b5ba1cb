# PostgreSQL as official images run it: its own socket lets everybody in, the network asks for a password.
rm -f /etc/postgresql/17/main/pg_hba.conf
printf 'local all all trust\nhost all all all scram-sha-256\n' >/etc/postgresql/17/main/pg_hba.conf
chown postgres: /etc/postgresql/17/main/pg_hba.conf
install -d -o postgres /run/postgresql
exec su postgres -c 'exec /usr/lib/postgresql/17/bin/postgres -c config_file=/etc/postgresql/17/main/postgresql.conf -c listen_addresses="*"'
