import DevtopCore
import Glibc

/// nginx in front of an app: what devtop's proxy is compared with.
struct Nginx {
  let endpoint: Endpoint
  private let bench: Workbench
  private let master: Child

  /// One worker, connections to the app kept, HTTP/1.1 on both sides, no log, nothing buffered.
  static func configuration(listening endpoint: Endpoint, upstream: Endpoint, directory: String) -> String {
    """
    daemon off;
    worker_processes 1;
    pid \(directory)/nginx.pid;
    error_log /dev/null;
    events { worker_connections 20000; }
    http {
      access_log off;
      tcp_nodelay on;
      keepalive_timeout 300s;
      keepalive_requests 1000000000;
      client_max_body_size 0;
      client_body_temp_path \(directory)/body;
      proxy_temp_path \(directory)/proxy;
      fastcgi_temp_path \(directory)/fastcgi;
      uwsgi_temp_path \(directory)/uwsgi;
      scgi_temp_path \(directory)/scgi;
      upstream app {
        server \(upstream);
        keepalive 64;
        keepalive_requests 1000000000;
        keepalive_timeout 300s;
      }
      server {
        listen \(endpoint) backlog=4096;
        location / {
          proxy_pass http://app;
          proxy_http_version 1.1;
          proxy_set_header Connection "";
          proxy_set_header Host $http_host;
          proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
          proxy_set_header X-Forwarded-Proto $scheme;
          proxy_set_header X-Forwarded-Host $http_host;
          proxy_set_header X-Request-Id $request_id;
          proxy_buffering off;
          proxy_request_buffering off;
        }
      }
    }

    """
  }

  /// Starts it and waits until it answers.
  ///
  /// - Throws: `BenchError`; `.missing` when it is not installed.
  init(_ bench: Workbench, upstream: Endpoint) throws(BenchError) {
    let places = ["/usr/sbin/nginx", "/usr/bin/nginx"]
    guard let program = places.first(where: { path in access(path, X_OK) == 0 }) else {
      throw .missing("nginx is not installed: apt-get install nginx-light")
    }
    endpoint = .loopback(try WebClient.freePort())
    self.bench = bench
    let directory = try bench.makeDirectory("nginx-\(endpoint.port)")
    try SystemText.save(
      Self.configuration(listening: endpoint, upstream: upstream, directory: directory),
      to: directory + "/nginx.conf")
    master = try bench.start(
      [program, "-p", directory, "-c", "\(directory)/nginx.conf"], directory: directory)
    do throws(BenchError) {
      _ = try WebClient.waitForVersion(OrdersApp.version, at: endpoint, atMost: .seconds(10))
    } catch {
      end()
      throw .unexpected("nginx in front of the app: \(error)")
    }
  }

  /// Master and worker.
  var processes: [Int32] { [master.pid] + ProcessTable.descendants(of: master.pid).map(\.pid) }

  func end() { bench.end(master) }
}
