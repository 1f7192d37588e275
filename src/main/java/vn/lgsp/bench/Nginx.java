package vn.lgsp.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** nginx with a configuration, folder and process of its own; the machine's own nginx is not touched. */
final class Nginx {
    private final Path folder;

    Nginx(Path folder) {
        this.folder = folder;
    }

    /** The fixed answers; the slow document comes from {@code slowPort}. */
    List<String> backEnd(int port, int slowPort) {
        return command("back-end", """
                access_log off;
                upstream slow { server 127.0.0.1:%d; keepalive 600; }
                server {
                    listen 127.0.0.1:%d backlog=4096;
                    default_type "text/xml; charset=utf-8";
                    location = %s { default_type application/json; return 200 '%s'; }
                    location = %s { proxy_pass http://slow; }
                    location / { return 200 '%s'; }
                }
                """.formatted(
                        slowPort,
                        port,
                        BackEnd.DOCUMENT,
                        BackEnd.json(),
                        BackEnd.SLOW_DOCUMENT,
                        BackEnd.soap().strip()));
    }

    /** An allow list, an API key and a JSON audit line: what a gateway without a bus behind it does. */
    List<String> proxy(int port, int backEndPort, String key) {
        return command("nginx-acl", """
                geo $allowed { default 0; 127.0.0.0/8 1; }
                map $http_x_api_key $consumer { default ""; "%s" tax-office-portal; }
                log_format audit escape=json '{"time":"$time_iso8601","id":"$request_id","from":"$remote_addr",'
                    '"consumer":"$consumer","method":"$request_method","status":$status,'
                    '"in":$request_length,"out":$bytes_sent,"seconds":$request_time}';
                access_log %s/audit.log audit buffer=64k flush=1s;
                upstream provider { server 127.0.0.1:%d; keepalive 600; }
                server {
                    listen 127.0.0.1:%d backlog=4096;
                    if ($allowed = 0) { return 403; }
                    if ($consumer = "") { return 401; }
                    location %s/ { proxy_pass http://provider/; }
                    location %s/ { proxy_pass http://provider/dancu/; }
                }
                """.formatted(key, folder, backEndPort, port, Subject.ARCHIVE, Subject.POPULATION));
    }

    private List<String> command(String name, String servers) {
        Path prefix = folder.resolve(name);
        // One process that is both master and worker: its id is all that is needed to measure and to end it.
        String text = """
                daemon off;
                master_process off;
                pid nginx.pid;
                error_log stderr error;
                worker_rlimit_nofile 8192;
                events { worker_connections 4096; }
                http {
                    client_body_temp_path client;
                    proxy_temp_path proxy;
                    fastcgi_temp_path fastcgi;
                    uwsgi_temp_path uwsgi;
                    scgi_temp_path scgi;
                    keepalive_requests 1000000000;
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                    proxy_set_header X-Api-Key "";
                %s}
                """.formatted(servers.indent(4));
        try {
            Files.createDirectories(prefix);
            Files.writeString(prefix.resolve("nginx.conf"), text);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return List.of("nginx", "-p", prefix + "/", "-e", "stderr", "-c", "nginx.conf");
    }
}
