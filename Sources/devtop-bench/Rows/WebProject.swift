import DevtopCore
import Glibc

/// A small web project whose build and start can be run by devtop and, as the floor, by hand.
///
/// Both go through the same shell command and the same binary; each has a copy of the project of its own.
struct WebProject {
  enum Kind {
    /// A server of one file that uses Gin (Debian's packages, GOPATH mode).
    case gin
    /// A finished server to which the build only appends the version, so that nothing but devtop takes time.
    case instant
  }

  let kind: Kind
  let directory: String
  let environment: [String: String]

  static let ginSources = "/usr/share/gocode"

  /// Writes the project and builds it once.
  ///
  /// - Throws: `BenchError`.
  init(_ kind: Kind, _ bench: Workbench, name: String) throws(BenchError) {
    self.kind = kind
    directory = try bench.makeDirectory(name)
    environment = try kind == .gin ? Self.ginEnvironment(bench) : Self.goEnvironment(bench)
    try SystemText.makeDirectory(directory + "/tmp")
    try SystemText.save("tmp/\n", to: directory + "/.gitignore")
    if kind == .instant { try prepareServer(bench) }
    try save("v0")
    try bench.run(
      ["/bin/sh", "-c", buildCommand], directory: directory, adding: environment, atMost: .seconds(300))
  }

  /// For Go with Debian's packages (GOPATH mode).
  ///
  /// - Throws: `BenchError.system`.
  private static func goEnvironment(_ bench: Workbench) throws(BenchError) -> [String: String] {
    let packages = try bench.makeDirectory("gopath")
    return ["GO111MODULE": "off", "GOPATH": packages + ":" + ginSources, "GIN_MODE": "release"]
  }

  /// For Go with Gin among Debian's packages.
  ///
  /// - Throws: `BenchError`; `.missing` when it is not installed.
  static func ginEnvironment(_ bench: Workbench) throws(BenchError) -> [String: String] {
    guard access(ginSources + "/src/github.com/gin-gonic/gin", F_OK) == 0 else {
      throw .missing("Gin is not installed: apt-get install golang-go golang-github-gin-gonic-gin-dev")
    }
    return try goEnvironment(bench)
  }

  /// What a save writes.
  var sourcePath: String { directory + (kind == .gin ? "/main.go" : "/version.txt") }

  var buildCommand: String {
    switch kind {
    case .gin: "go build -o tmp/app ."
    // A binary that runs cannot be written to (ETXTBSY); a compiler, too, makes a new file.
    case .instant: "cat server version.txt > tmp/next && chmod +x tmp/next && mv tmp/next tmp/app"
    }
  }

  /// Saves the source of a version, as a plain editor does.
  ///
  /// - Throws: `BenchError.system`.
  func save(_ version: String) throws(BenchError) {
    try SystemText.save(kind == .gin ? Self.ginSource(version) : version, to: sourcePath)
  }

  /// Configures devtop: the commands and nothing else.
  ///
  /// - Throws: `BenchError.system`.
  func configure(port: UInt16) throws(BenchError) {
    try SystemText.save(
      """
      [service.app]
      build = "\(buildCommand)"
      run = "./tmp/app"
      env = { PORT = "\(port)" }

      """, to: directory + "/devtop.toml")
  }

  private static func ginSource(_ version: String) -> String {
    """
    package main

    import (
    \t"os"

    \t"github.com/gin-gonic/gin"
    )

    func main() {
    \trouter := gin.New()
    \trouter.Use(gin.Recovery())
    \trouter.GET("/version", func(c *gin.Context) { c.String(200, "\(version)") })
    \tif err := router.Run("127.0.0.1:" + os.Getenv("PORT")); err != nil {
    \t\tpanic(err)
    \t}
    }

    """
  }

  /// Compiles the server that reads its version from behind its own executable.
  private func prepareServer(_ bench: Workbench) throws(BenchError) {
    let sources = try bench.makeDirectory("server-source")
    try SystemText.save(
      """
      package main

      import (
      \t"bytes"
      \t"net"
      \t"os"
      \t"strconv"
      )

      func main() {
      \tfile, _ := os.Open("/proc/self/exe")
      \tstatus, _ := file.Stat()
      \tend := make([]byte, 64)
      \tfile.ReadAt(end, status.Size()-64)
      \tversion := end[bytes.LastIndexByte(end, 0)+1:]
      \tlistener, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
      \tif err != nil {
      \t\tpanic(err)
      \t}
      \tanswer := append([]byte("HTTP/1.1 200 OK\\r\\nConnection: close\\r\\nContent-Length: "+
      \t\tstrconv.Itoa(len(version))+"\\r\\n\\r\\n"), version...)
      \tbuffer := make([]byte, 4096)
      \tfor {
      \t\tconnection, err := listener.Accept()
      \t\tif err != nil {
      \t\t\tpanic(err)
      \t\t}
      \t\tconnection.Read(buffer)
      \t\tconnection.Write(answer)
      \t\tconnection.Close()
      \t}
      }

      """, to: sources + "/main.go")
    try bench.run(
      [
        "/bin/sh", "-c",
        "CGO_ENABLED=0 go build -ldflags=-s -o server . && printf '\\0' >> server && mv server '\(directory)/'",
      ],
      directory: sources, adding: environment, atMost: .seconds(300))
  }
}
