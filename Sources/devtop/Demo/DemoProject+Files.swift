extension DemoProject {
  static let configuration = """
    # The demo: one web server, and a service that sends it light traffic.
    name = "demo"

    [service.shop]
    build = "swift build -c debug"
    run = ".build/debug/shop serve"
    watch = ["Sources/**/*.swift", "Package.swift"]
    ready = { http = "/health" }
    ready_timeout = "30s"

    [service.traffic]
    run = ".build/debug/shop traffic"
    watch = ["traffic.none"]
    depends_on = ["shop"]

    """

  static let package = """
    // swift-tools-version: 5.9
    import PackageDescription

    let package = Package(name: "shop", targets: [.executableTarget(name: "shop")])

    """

  static let shop = ##"""
    import Glibc

    @main
    struct Shop {
      // Edit this greeting and save: the shop is built, restarted and ready before your hand leaves the keyboard.
      static let greeting = "Hello from the demo shop"

      static func main() {
        let port = getenv("PORT").flatMap { UInt16(String(cString: $0)) } ?? 4780
        if CommandLine.arguments.contains("traffic") {
          Traffic.run(port: port)
        } else {
          Server.run(port: port, answer)
        }
      }

      static func answer(_ path: String) -> (status: Int, body: String) {
        switch path {
        case "/": return (200, greeting)
        case "/health": return (200, "ok")
        case "/orders": return (200, #"{"orders":[{"id":7,"total":12.5},{"id":8,"total":3}]}"#)
        case "/orders/7", "/orders/8": return (200, #"{"id":\#(path.last!),"total":12.5}"#)
        case "/slow":
          usleep(250_000)
          return (200, "that took a while")
        case "/flaky":
          guard Int.random(in: 0..<3) == 0 else { return (200, "lucky") }
          print(#"{"level":"error","msg":"the payment provider did not answer","order":\#(Int.random(in: 1...99))}"#)
          return (500, "the payment provider did not answer")
        default: return (404, "no such page")
        }
      }
    }

    """##

  static let server = ##"""
    import Glibc

    /// A web server of fifty lines: one request a connection, one connection at a time.
    enum Server {
      static func run(port: UInt16, _ answer: (String) -> (status: Int, body: String)) {
        signal(SIGPIPE, SIG_IGN)
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, 4)
        var address = loopback(port)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafePointer(to: &address) {
          $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, size) }
        }
        guard bound == 0, listen(listener, 64) == 0 else {
          print("listen 127.0.0.1:\(port): \(String(cString: strerror(errno)))")
          exit(1)
        }
        print("the shop is open on http://127.0.0.1:\(port)")
        while true {
          let client = accept(listener, nil, nil)
          if client >= 0 { serve(client, answer) }
        }
      }

      static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
      }

      private static func serve(_ client: Int32, _ answer: (String) -> (status: Int, body: String)) {
        defer { close(client) }
        var buffer = [UInt8](repeating: 0, count: 8_192)
        let count = read(client, &buffer, buffer.count)
        let words = String(decoding: buffer[..<max(0, count)], as: UTF8.self).split(separator: " ", maxSplits: 2)
        guard words.count == 3 else { return }
        let start = now()
        let (status, body) = answer(String(words[1]))
        let head = "HTTP/1.1 \(status) \(status < 400 ? "OK" : "Error")\r\nContent-Length: \(body.utf8.count + 1)\r\n"
        let text = head + "Connection: close\r\n\r\n" + body + "\n"
        _ = text.withCString { write(client, $0, strlen($0)) }
        if words[1] != "/health" { log(String(words[0]), String(words[1]), status, now() - start) }
      }

      /// An access-log line with colours, as web frameworks print them.
      private static func log(_ method: String, _ path: String, _ status: Int, _ microseconds: Int) {
        let color = status < 400 ? 42 : status < 500 ? 43 : 41
        print("[GIN] \(stamp()) |\u{1B}[97;\(color)m \(status) \u{1B}[0m| \(microseconds)µs | 127.0.0.1 | \(method) \"\(path)\"")
      }

      private static func stamp() -> String {
        var seconds = time(nil)
        var parts = tm()
        localtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = "\(parts.tm_year + 1900)/\(two(parts.tm_mon + 1))/\(two(parts.tm_mday))"
        return day + " - \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
      }

      /// Microseconds of the monotonic clock.
      private static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
      }
    }

    """##

  static let traffic = ##"""
    import Glibc

    /// A request or two a second, so that there is something to see.
    enum Traffic {
      static func run(port: UInt16) {
        let paths = ["/", "/orders", "/orders/7", "/orders/8", "/flaky", "/", "/orders", "/slow", "/missing", "/flaky"]
        print("sending light traffic to http://127.0.0.1:\(port)")
        var number = 0
        while true {
          if !get(paths[number % paths.count], port) { print("WARN the shop does not answer; it may be restarting") }
          number += 1
          usleep(600_000)
        }
      }

      private static func get(_ path: String, _ port: UInt16) -> Bool {
        let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(client) }
        var address = Server.loopback(port)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let connected = withUnsafePointer(to: &address) {
          $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(client, $0, size) }
        }
        guard connected == 0 else { return false }
        let request = "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        _ = request.withCString { write(client, $0, strlen($0)) }
        var buffer = [UInt8](repeating: 0, count: 8_192)
        while read(client, &buffer, buffer.count) > 0 {}
        return true
      }
    }

    """##

  /// The first lines of the log: what to try.
  ///
  /// 58 columns each, which an 80×24 screen shows whole; the first one is longer only in a longer `TMPDIR`.
  static func introduction(root: String) -> [String] {
    [
      "a web shop is being built in \(root)",
      "edit Sources/shop/Shop.swift there; each save goes live",
      "break it: Build opens, o edits, the old shop serves on",
      "f filters (level:>=warn, svc:shop, /5\\d\\d/, !health)",
      "/ searches · e next error · b builds · r restarts",
      "1-5 and Tab choose panes · z zoom · ? all keys",
      "q quits; nothing is left running",
    ]
  }
}
