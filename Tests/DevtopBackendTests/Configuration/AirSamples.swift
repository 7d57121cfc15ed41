/// Air configurations as people have them.
enum AirSamples {
  /// Every key, at its default, in the layout of the file that `air init` writes.
  static let generated = """
    root = "."
    testdata_dir = "testdata"
    tmp_dir = "tmp"

    [build]
      args_bin = []
      bin = "./tmp/main"
      cmd = "go build -o ./tmp/main ."
      delay = 1000
      exclude_dir = ["assets", "tmp", "vendor", "testdata"]
      exclude_file = []
      exclude_regex = ["_test.go"]
      exclude_unchanged = false
      follow_symlink = false
      full_bin = ""
      include_dir = []
      include_ext = ["go", "tpl", "tmpl", "html"]
      include_file = []
      kill_delay = "0s"
      log = "build-errors.log"
      poll = false
      poll_interval = 0
      post_cmd = []
      pre_cmd = []
      rerun = false
      rerun_delay = 500
      send_interrupt = false
      stop_on_error = false

    [color]
      app = ""
      build = "yellow"
      main = "magenta"
      runner = "green"
      watcher = "cyan"

    [log]
      main_only = false
      silent = false
      time = false

    [misc]
      clean_on_exit = false

    [proxy]
      app_port = 0
      enabled = false
      proxy_port = 0

    [screen]
      clear_on_rebuild = false
      keep_scroll = true
    """

  /// Keys of the top level under `[meta]`.
  static let metaTmpDir = """
    root = "."
    tmp_dir = "tmp"
    [build]
      bin = "tmp/main.bin"
      cmd = "go build -o ./tmp/main.bin ."
      delay = 1000
    [meta]
      tmp_dir = "tmp"
    """

  /// Keys of `[build]` under `[watch]`.
  static let watchTable = """
    [build]
      cmd = "go build -o ./bin/app ."
      bin = "./bin/app"
    [watch]
      include_ext = ["go", "tpl", "tmpl"]
      exclude_dir = ["./.git", "./node_modules"]
    """

  /// An invented key under `[meta]`.
  static let metaInvented = """
    root = "."
    tmp_dir = "tmp"
    [build]
      bin = "tmp/main.exe"
      cmd = "go build -o ./tmp/main.exe ."
      delay = 1000
    [meta]
      send_error_to_tty = true
    """

  /// Every key with a value of its own.
  static let everything = """
    Root = "backend"
    TMP_DIR = "scratch"
    testdata_dir = "fixtures"
    env_files = [".env", ".env.local"]
    [Build]
    pre_cmd = ["templ generate", "echo two"]
    Cmd = "go build -o scratch/app ./cmd/app"
    post_cmd = ["echo bye"]
    entrypoint = ["./scratch/app", "serve"]
    args_bin = ["--port", "8080"]
    include_ext = ["go", ".templ"]
    exclude_dir = ["./node_modules", "web/dist/"]
    include_dir = ["cmd", "../shared"]
    include_file = ["config.yaml"]
    exclude_file = ["cmd/gen.go"]
    exclude_regex = ["_test\\\\.go$", "\\\\.gen\\\\."]
    exclude_unchanged = false
    follow_symlink = true
    log = "errors.log"
    poll = true
    poll_interval = 700
    delay = 0
    stop_on_error = true
    send_interrupt = true
    kill_delay = "500ms"
    rerun = true
    rerun_delay = 0
    [[Build.rules]]
    name = "css"
    cmd = "make css"
    include_dir = ["web"]
    include_ext = ["css"]
    include_file = ["web/theme.json"]
    exclude_regex = ["dist"]
    delay = 200
    [Build.windows]
    bin = "scratch/app.exe"
    [Build.darwin]
    cmd = "false"
    [Build.linux]
    cmd = "go build -race -o scratch/app ./cmd/app"
    [misc]
    clean_on_exit = true
    [screen]
    clear_on_rebuild = true
    """

  static let devtop = """
    name = "shop"
    theme = "nord"
    log_memory = "64M"
    [watch]
    ignore = ["docs/**"]
    poll = "auto"
    [service.db]
    run = ["sleep", "inf"]
    ready = "started"
    [service.api]
    build = "go build -o tmp/api ."
    run = "./tmp/api"
    env = { A = "1", B = 2 }
    depends_on = ["db"]
    ready = { http = "/h", port = 80 }
    stop = { signal = "TERM", grace = "5s" }
    [[service.api.rule]]
    name = "css"
    run = "make css"
    [keys]
    rebuild = ["b", "F5"]
    """

  static let mutationSeeds: [(name: String, text: String)] = [
    ("devtop.toml", devtop), (".air.toml", generated), (".air.toml", everything), (".air.toml", watchTable),
  ]
}
