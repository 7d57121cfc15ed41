import DevtopCore
import Glibc

/// A web app as people write it with Gin; answers what `Traffic` asks.
struct OrdersApp {
  /// What its `/version` answers, by which readiness is known.
  static let version = "orders"
  /// Its service, and its binary.
  static let name = "app"

  let directory: String
  let environment: [String: String]

  private static let build = "go build -o tmp/app ."

  /// Writes it, and compiles it.
  ///
  /// - Throws: `BenchError`; `.missing` without Gin.
  init(_ bench: Workbench, name: String) throws(BenchError) {
    directory = try bench.makeDirectory(name)
    environment = try WebProject.ginEnvironment(bench)
    try SystemText.makeDirectory(directory + "/tmp")
    try SystemText.save("tmp/\n", to: directory + "/.gitignore")
    try SystemText.save(Self.source, to: directory + "/main.go")
    try bench.run(
      ["/bin/sh", "-c", Self.build], directory: directory, adding: environment, atMost: .seconds(300))
  }

  /// Configures devtop to run the built binary; with `builds` each change is compiled, too.
  ///
  /// - Throws: `BenchError.system`.
  func configure(
    port: UInt16, reload: String? = nil, builds: Bool = false, logsAccess: Bool = false
  ) throws(BenchError) {
    let access = logsAccess ? ", ACCESS_LOG = \"1\"" : ""
    try SystemText.save(
      """
      [service.\(Self.name)]
      \(builds ? "build = \"\(Self.build)\"\n" : "")run = ["./tmp/app"]
      watch = ["\(builds ? "*.go" : "nothing")"]
      env = { ADDRESS = "\(Endpoint.loopback(port))"\(access) }
      \(reload.map { "reload = \"\($0)\"\n" } ?? "")
      """, to: directory + "/devtop.toml")
  }

  /// Starts it without devtop and waits until it answers.
  ///
  /// - Throws: `BenchError`.
  func startByHand(_ bench: Workbench, at endpoint: Endpoint) throws(BenchError) -> Child {
    var environment = environment
    environment["ADDRESS"] = endpoint.description
    let child = try bench.start(["./tmp/app"], directory: directory, adding: environment)
    _ = try WebClient.waitForVersion(Self.version, at: endpoint, atMost: .seconds(20))
    return child
  }

  /// Its process below a devtop.
  ///
  /// - Throws: `BenchError.unexpected` when there is not exactly one.
  static func process(below devtop: DevtopRun) throws(BenchError) -> Int32 {
    let found = ProcessTable.descendants(of: devtop.launcher.pid).filter { $0.name == name }
    guard found.count == 1, let process = found.first else {
      throw .unexpected("\(found.count) processes of the app run below devtop, not 1")
    }
    return process.pid
  }

  private static let source = """
    package main

    import (
    \t"fmt"
    \t"hash/crc32"
    \t"io"
    \t"os"
    \t"strconv"

    \t"github.com/gin-gonic/gin"
    )

    func main() {
    \tgin.SetMode(gin.ReleaseMode)
    \trouter := gin.New()
    \trouter.Use(gin.Recovery())
    \tif os.Getenv("ACCESS_LOG") != "" {
    \t\trouter.Use(gin.Logger())
    \t}
    \tprocess := strconv.Itoa(os.Getpid())
    \trouter.Use(func(c *gin.Context) { c.Header("X-App-Process", process) })
    \trouter.GET("/version", func(c *gin.Context) { c.String(200, "\(version)") })
    \trouter.GET("/orders/:id", func(c *gin.Context) { c.String(200, "order %s\\n", c.Param("id")) })
    \trouter.POST("/orders", func(c *gin.Context) {
    \t\tsum := crc32.NewIEEE()
    \t\tlength, err := io.Copy(sum, c.Request.Body)
    \t\tif err != nil {
    \t\t\tc.String(400, "%v", err)
    \t\t\treturn
    \t\t}
    \t\tc.String(200, "%d %x\\n", length, sum.Sum32())
    \t})
    \tblock := make([]byte, 65536)
    \tfor i := range block {
    \t\tblock[i] = byte(i * 7)
    \t}
    \trouter.GET("/blob/:bytes", func(c *gin.Context) {
    \t\tleft, err := strconv.Atoi(c.Param("bytes"))
    \t\tif err != nil {
    \t\t\tc.String(400, "%v", err)
    \t\t\treturn
    \t\t}
    \t\tc.Header("Content-Type", "application/octet-stream")
    \t\tc.Header("Content-Length", strconv.Itoa(left))
    \t\tfor left > 0 {
    \t\t\tpart := block
    \t\t\tif left < len(part) {
    \t\t\t\tpart = part[:left]
    \t\t\t}
    \t\t\tcount, err := c.Writer.Write(part)
    \t\t\tif err != nil {
    \t\t\t\treturn
    \t\t\t}
    \t\t\tleft -= count
    \t\t}
    \t})
    \tif err := router.Run(os.Getenv("ADDRESS")); err != nil {
    \t\tfmt.Fprintln(os.Stderr, err)
    \t\tos.Exit(1)
    \t}
    }

    """

  /// Changes what a compiler sees, and nothing of what the app does.
  ///
  /// - Throws: `BenchError.system`.
  func save(change number: Int) throws(BenchError) {
    try SystemText.save(
      Self.source + "\nfunc init() { os.Setenv(\"CHANGE\", \"\(number)\") }\n", to: directory + "/main.go")
  }
}
