/// A server that knows nothing of devtop: its port is written into its own source or command line.
struct RealServer: Sendable, CustomStringConvertible {
  let description: String
  /// Whether what it needs is installed.
  let isThere: Bool
  /// Of `devtop.toml`, beside `[service.shop]`.
  let configuration: @Sendable (UInt16) -> String
  /// The file that a save changes.
  let source: String
  let text: @Sendable (UInt16, String) -> String
  var others: [String: String] = [:]
  /// Whether a POST is answered with its body.
  var echoes = true

  func files(_ port: UInt16, answer: String) -> [String: String] {
    var files = others
    files["devtop.toml"] = "[service.shop]\n" + configuration(port)
    files[source] = text(port, answer)
    return files
  }

  static let all = [gin, gunicorn, uvicorn, node, cluster, fileServer]

  static let gin = RealServer(
    description: "Gin", isThere: Tool.hasGin,
    configuration: { _ in "build = \"go build -o tmp/shop .\"\nrun = \"./tmp/shop\"\n" },
    source: "main.go",
    text: { port, answer in
      """
      package main

      import (
        "io"

        "github.com/gin-gonic/gin"
      )

      func main() {
        router := gin.New()
        router.GET("/", func(c *gin.Context) { c.String(200, "\(answer)") })
        router.POST("/", func(c *gin.Context) {
          body, _ := io.ReadAll(c.Request.Body)
          c.String(200, "\(answer)"+string(body))
        })
        router.Run(":\(port)")
      }

      """
    })

  static let gunicorn = RealServer(
    description: "Flask behind gunicorn, 2 workers", isThere: Tool.hasFlask && Tool.areThere("gunicorn"),
    configuration: { "run = \"gunicorn -w 2 -b 0.0.0.0:\($0) app:app\"\n" }, source: "app.py",
    text: { _, answer in
      """
      from flask import Flask, request
      app = Flask(__name__)

      @app.route("/", methods=["GET", "POST"])
      def index():
          return "\(answer)" + request.get_data(as_text=True)

      """
    })

  static let uvicorn = RealServer(
    description: "uvicorn", isThere: Tool.hasDebianPython("uvicorn"),
    configuration: { "run = \"/usr/bin/python3 -m uvicorn app:app --port \($0)\"\n" }, source: "app.py",
    text: { _, answer in
      """
      async def app(scope, receive, send):
          if scope["type"] != "http":
              return
          body = b""
          while True:
              message = await receive()
              body += message.get("body", b"")
              if not message.get("more_body"):
                  break
          text = b"\(answer)" + body
          await send({"type": "http.response.start", "status": 200,
                      "headers": [(b"content-length", str(len(text)).encode())]})
          await send({"type": "http.response.body", "body": text})

      """
    })

  private static func nodeListener(_ port: UInt16, _ answer: String) -> String {
    """
    require("http").createServer((request, response) => {
      const parts = []
      request.on("data", part => parts.push(part))
      request.on("end", () => response.end("\(answer)" + Buffer.concat(parts)))
    }).listen(\(port))

    """
  }

  static let node = RealServer(
    description: "Node", isThere: Tool.areThere("node"), configuration: { _ in "run = \"node server.js\"\n" },
    source: "server.js", text: nodeListener)

  static let cluster = RealServer(
    description: "Node's cluster", isThere: Tool.areThere("node"),
    configuration: { _ in "run = \"node server.js\"\n" }, source: "server.js",
    text: { port, answer in
      """
      const cluster = require("cluster")
      if (cluster.isPrimary) { cluster.fork(); cluster.fork() } else {
      \(nodeListener(port, answer))
      }

      """
    })

  static let fileServer = RealServer(
    description: "Python's http.server", isThere: Tool.areThere("python3"),
    configuration: { "run = \"/usr/bin/python3 -m http.server \($0)\"\n" }, source: "index.html",
    text: { _, answer in answer }, echoes: false)
}
