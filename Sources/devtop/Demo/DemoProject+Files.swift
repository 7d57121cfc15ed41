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
    // swift-tools-version: 6.0
    import PackageDescription

    let package = Package(name: "shop", targets: [.executableTarget(name: "shop")])

    """

  static let shop = ##"""
    import Foundation

    @main
    struct Shop {
      // Edit this greeting, save, and watch: the shop is built, restarted and ready before your hand leaves the keyboard.
      static let greeting = "Hello from the demo shop"

      static func main() throws {
        setvbuf(stdout, nil, _IOLBF, 0)
        switch CommandLine.arguments.dropFirst().first {
        case "traffic": Traffic.run(port: port)
        default: try Server(port: port).run(answer)
        }
      }

      static var port: UInt16 { UInt16(ProcessInfo.processInfo.environment["PORT"] ?? "") ?? 4780 }

      static func answer(_ request: Server.Request) -> Server.Answer {
        switch request.path {
        case "/": return .text(200, greeting + "\n")
        case "/health": return .text(200, "ok\n")
        case "/orders": return .json(200, #"{"orders":[{"id":7,"total":12.5},{"id":8,"total":3.0}]}"#)
        case "/slow":
          usleep(250_000)
          return .text(200, "that took a while\n")
        case "/flaky":
          guard Int.random(in: 0..<4) == 0 else { return .text(200, "lucky\n") }
          Log.error("the payment provider did not answer", ["order": "\(Int.random(in: 1...99))"])
          return .text(500, "the payment provider did not answer\n")
        default:
          if request.path.hasPrefix("/orders/") {
            return .json(200, #"{"id":\#(Int(request.path.dropFirst(8)) ?? 0),"total":12.5}"#)
          }
          return .text(404, "no such page\n")
        }
      }
    }

    """##

  static let server = ##"""
    import Foundation

    /// Log lines as programs write them: some coloured for people, some JSON for machines.
    enum Log {
      static func access(_ request: Server.Request, _ status: Int, _ milliseconds: Double) {
        let color = status < 400 ? 32 : status < 500 ? 33 : 31
        let time = String(format: "%9.3f", milliseconds)
        print("[GIN] \(stamp()) |\u{1B}[97;\(color + 10)m \(status) \u{1B}[0m| \(time)ms |       127.0.0.1 | \(request.method.padding(toLength: 8, withPad: " ", startingAt: 0)) \"\(request.path)\"")
      }

      static func error(_ message: String, _ fields: [String: String]) {
        let rest = fields.map { #","\#($0.key)":"\#($0.value)""# }.joined()
        print(#"{"level":"error","msg":"\#(message)"\#(rest)}"#)
      }

      private static func stamp() -> String {
        var now = time(nil)
        var local = tm()
        localtime_r(&now, &local)
        return String(
          format: "%04d/%02d/%02d - %02d:%02d:%02d", local.tm_year + 1900, local.tm_mon + 1, local.tm_mday,
          local.tm_hour, local.tm_min, local.tm_sec)
      }
    }

    /// A web server of a hundred lines: one thread a connection, one request a connection.
    struct Server {
      struct Request: Sendable {
        var method: String
        var path: String
      }

      struct Answer: Sendable {
        var status: Int
        var type: String
        var body: String

        static func text(_ status: Int, _ body: String) -> Answer {
          Answer(status: status, type: "text/plain; charset=utf-8", body: body)
        }
        static func json(_ status: Int, _ body: String) -> Answer {
          Answer(status: status, type: "application/json", body: body + "\n")
        }
      }

      struct Failure: Error, CustomStringConvertible {
        var description: String
      }

      var port: UInt16

      func run(_ answer: @escaping @Sendable (Request) -> Answer) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let bound = withUnsafePointer(to: &address) {
          $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
          }
        }
        guard bound == 0, listen(listener, 64) == 0 else {
          throw Failure(description: "listen tcp 127.0.0.1:\(port): \(String(cString: strerror(errno)).lowercased())")
        }
        signal(SIGPIPE, SIG_IGN)
        print("shop listens on http://127.0.0.1:\(port)")
        while true {
          let client = accept(listener, nil, nil)
          guard client >= 0 else { continue }
          Thread.detachNewThread { Self.serve(client, answer) }
        }
      }

      private static func serve(_ client: Int32, _ answer: (Request) -> Answer) {
        defer { close(client) }
        var buffer = [UInt8](repeating: 0, count: 8_192)
        let count = read(client, &buffer, buffer.count)
        guard count > 0, let head = String(bytes: buffer[..<count], encoding: .utf8) else { return }
        let words = head.prefix { $0 != "\r\n" && $0 != "\n" }.split(separator: " ")
        guard words.count == 3 else { return }
        let request = Request(method: String(words[0]), path: String(words[1]))
        let start = Date()
        let result = answer(request)
        let text =
          "HTTP/1.1 \(result.status) \(result.status < 400 ? "OK" : "Error")\r\nContent-Type: \(result.type)\r\n"
          + "Content-Length: \(result.body.utf8.count)\r\nConnection: close\r\n\r\n\(result.body)"
        _ = text.withCString { send(client, $0, strlen($0), 0) }
        if request.path != "/health" { Log.access(request, result.status, Date().timeIntervalSince(start) * 1_000) }
      }
    }

    """##

  static let traffic = ##"""
    import Foundation

    /// A request or two a second, so that there is something to see.
    enum Traffic {
      static func run(port: UInt16) {
        let paths = ["/", "/orders", "/orders/7", "/orders/8", "/flaky", "/", "/orders", "/slow", "/missing"]
        print("sending light traffic to http://127.0.0.1:\(port)")
        var number = 0
        while true {
          get(paths[number % paths.count], port)
          number += 1
          usleep(600_000)
        }
      }

      private static func get(_ path: String, _ port: UInt16) {
        let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(client) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
          $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
          }
        }
        guard connected == 0 else { return print("WARN the shop does not answer (it may be restarting)") }
        let request = "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        _ = request.withCString { send(client, $0, strlen($0), 0) }
        var buffer = [UInt8](repeating: 0, count: 8_192)
        while read(client, &buffer, buffer.count) > 0 {}
      }
    }

    """##

  /// The first lines of the log: what to try.
  static func introduction(root: String) -> [String] {
    [
      "Welcome to devtop: a small web shop was written to \(root) and is being built.",
      "edit  Sources/shop/Shop.swift there, change the greeting and save: it is built, restarted and ready",
      "break it (delete a quote): the Build pane opens with the error, o opens it in $EDITOR, the old shop serves on",
      "e next error · f filter (try level:>=warn, svc:shop, /5\\d\\d/, !health) · / search · r restart · b build · x stop",
      "2 Build · 4 Requests · 5 Services · z zoom · ? all keys · q quit (nothing is left running)",
    ]
  }
}
