# Keeps a PostgreSQL for as long as its standard input is open: ends when the process that started it ends, however that
# happens. Run as the user that shall own the server. $1 is the directory of the programs, $2 that of temporary files.
# Commands, one a line: "start PORT", "crash". Each is answered by a line.
trap '' INT TERM HUP
umask 077
home=$(mktemp -d "$2/openrtd-postgresql.XXXXXX") || exit 1
cd "$home" || exit 1
server=
start() {
  "$1/postgres" -D data -h 127.0.0.1 -p "$2" -c unix_socket_directories= -c max_connections=100 -c shared_buffers=32MB \
    < /dev/null >> log 2>&1 &
  server=$!
  # What the server writes there when it answers.
  until grep -qs '^ready' data/postmaster.pid; do
    kill -0 $server 2> /dev/null || return 1
    sleep 0.05
  done
}
# An "immediate shutdown": the server writes nothing more, and reaps its processes, which a SIGKILL would leave to others.
crash() {
  [ -z "$server" ] || {
    kill -QUIT $server
    wait $server
    server=
    # Or the next start would be taken for ready.
    rm -f data/postmaster.pid
  } 2> /dev/null
}
end() {
  crash
  cd / && rm -rf "$home"
}
read -r password
printf '%s\n' "$password" > password
"$1/initdb" -D data -U openrtd --auth=scram-sha-256 --pwfile=password --encoding=UTF8 --locale=C --no-sync > log 2>&1 || {
  cat log
  end
  exit 1
}
rm password
echo made
while read -r command port; do
  case $command in
    start)
      if start "$1" "$port"; then
        echo "$server $home"
      else
        echo "failed: $(tail -n 3 log | tr '\n' ' ')"
        server=
      fi
      ;;
    crash)
      crash
      echo crashed
      ;;
  esac
done
end
