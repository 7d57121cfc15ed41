import DevtopCore

/// The formats that are known without being asked for: those whose fields have no names in the line.
///
/// JSON, logfmt and access logs are read by `LineFields` and `AccessLog`, and the levels of these formats by
/// `LevelDetector`; none of these expressions matches a line that another one matches.
package enum BuiltinFormats {
  private static let table: [(name: String, pattern: String)] = [
    // RFC 5424 §6; `-` stands for nothing.
    (
      "syslog",
      #"^<(?<pri>\d{1,3})>\d{1,2} (?:-|(?<time>\S+)) (?:-|(?<host>\S+)) (?:-|(?<app>\S+)) (?:-|(?<pid>\S+)) "#
        + #"(?:-|(?<msgid>\S+)) (?:-|(?:\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\])+)(?: (?<message>.*))?$"#
    ),
    // RFC 3164 §4.1, and as it stands in files, without the priority.
    (
      "syslog-bsd",
      #"^(?:<(?<pri>\d{1,3})>)?(?<time>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) (?<host>\S+) "#
        + #"(?<app>[^\s:\[\]]+)(?:\[(?<pid>\d+)\])?: ?(?<message>.*)$"#
    ),
    // rsyslog's own, as in /var/log/syslog; a level is no host.
    (
      "syslog-file",
      #"^(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}[+-]\d\d:\d\d) (?!(?:TRACE|DEBUG|INFO|WARN|ERROR|FATAL) )"#
        + #"(?<host>[\w.-]+) (?<app>[^\s:\[\]]+)(?:\[(?<pid>\d+)\])?: ?(?<message>.*)$"#
    ),
    // Kubernetes and glog.
    (
      "klog",
      #"^(?<severity>[IWEF])(?<time>\d{4} \d\d:\d\d:\d\d\.\d{6}) +(?<thread>\d+) (?<file>[^\s:\]]+):(?<line>\d+)\] "#
        + "(?<message>.*)$"
    ),
    // logging.basicConfig().
    (
      "python",
      #"^(?<level>DEBUG|INFO|WARNING|ERROR|CRITICAL):(?<logger>[^:\s]+):(?<message>.*)$"#
    ),
    // "%(asctime)s - %(name)s - %(levelname)s - %(message)s", also without the name.
    (
      "python-dashes",
      #"^(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[,.]\d{3}) - (?:(?<logger>\S+) - )?"#
        + #"(?<level>DEBUG|INFO|WARNING|ERROR|CRITICAL) - (?<message>.*)$"#
    ),
    (
      "flask",
      #"^\[(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[,.]\d{3})\] (?<level>[A-Z]+) in (?<module>\S+): "#
        + "(?<message>.*)$"
    ),
    (
      "gunicorn",
      #"^\[(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4})\] \[(?<pid>\d+)\] \[(?<level>[A-Z]+)\] "#
        + "(?<message>.*)$"
    ),
    // "%d [%t] %-5p %c - %m", logback's and log4j's own; also without the thread.
    (
      "log4j",
      #"^(?<time>(?:\d{4}-\d\d-\d\d[ T])?\d\d:\d\d:\d\d(?:[.,]\d{3,9})?(?:Z|[+-]\d\d:?\d\d)?) "#
        + #"(?:\[(?<thread>[^\]]+)\] )?(?<level>TRACE|DEBUG|INFO|WARN|ERROR|FATAL) +(?<logger>[\w.$]+)"#
        + #"(?::(?<line>\d+))? --? (?<message>.*)$"#
    ),
    (
      "spring",
      #"^(?<time>\d{4}-\d\d-\d\d[ T]\S+) +(?<level>TRACE|DEBUG|INFO|WARN|ERROR) (?<pid>\d+) --- "#
        + #"(?:\[(?<app>[^\]]*)\] )?\[ *(?<thread>[^\]]+)\] (?<logger>\S+) *: (?<message>.*)$"#
    ),
    // WildFly and Quarkus.
    (
      "jboss",
      #"^(?<time>(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d[.,]\d{3}) (?<level>[A-Z]+) +\[(?<logger>[^\]]+)\] "#
        + #"\((?<thread>[^)]+)\) (?<message>.*)$"#
    ),
    (
      "env_logger",
      #"^\[(?<time>\d{4}-\d\d-\d\dT\S+) (?<level>TRACE|DEBUG|INFO|WARN|ERROR) +(?<target>[\w:]+)\] "#
        + "(?<message>.*)$"
    ),
    // Spans have fields, `request{id=7}:`, and come before the target.
    (
      "tracing",
      #"^(?<time>\d{4}-\d\d-\d\dT\S+Z) +(?<level>TRACE|DEBUG|INFO|WARN|ERROR) "#
        + #"(?:ThreadId\((?<thread>\d+)\) )?(?:(?<span>(?:[^\s{}]*\{[^}]*\})+[^\s{}]*): )?"#
        + #"(?<target>\w+(?:::\w+)*): (?<message>.*)$"#
    ),
    (
      "zap",
      #"^(?<time>\d[^\t]*)\t(?<level>[A-Za-z]+)\t(?:(?<logger>[^\t]+)\t)?(?<caller>[^\t]+\.go:\d+)\t"#
        + #"(?<message>[^\t]*)"#
    ),
  ]

  /// Made when a filter first asks for one of their fields.
  package static let all: [LineFormat] = table.compactMap {
    try? LineFormat(LineFormatSettings(name: $0.name, pattern: $0.pattern))
  }

  /// The formats that have each field.
  static let formats = all.reduce(into: [String: [LineFormat]]()) { formats, format in
    for group in format.groups { formats[group.name, default: []].append(format) }
  }

  /// Whether one of them could match, by the line's first byte.
  static func mayMatch(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = line.first else { return false }
    return first == 0x5B || first == 0x3C || (0x30...0x39).contains(first) || (0x41...0x5A).contains(first)
  }
}
