/// Reads `.env` files.
///
/// A line is `NAME=VALUE`, also `export NAME=VALUE` and `NAME: VALUE`; blank lines and those that begin with `#`
/// are skipped. A value without quotes ends at ` #` and loses the space around it. In double quotes it may go
/// over several lines, and `\n \r \t \" \\ \$` are escapes; in single quotes nothing is special. Outside of single
/// quotes `$NAME`, `${NAME}` and `${NAME:-DEFAULT}` are replaced, by entries before it, then by the real
/// environment. No command is run.
package enum EnvironmentFile {
  /// The entries of a file, in its order; a name may come twice, the later one counts.
  ///
  /// - Throws: `ConfigurationError` when the file cannot be read, or `.invalid` with the lines that are wrong.
  package static func read(
    _ path: String, named name: String? = nil, environment: [String: String] = [:]
  ) throws(ConfigurationError) -> [(name: String, value: String)] {
    let name = name ?? path
    let bytes = try ConfigurationFile.read(path, named: name)
    return try parse(bytes, file: name, environment: environment)
  }

  /// The entries of the text of a file.
  ///
  /// - Throws: `ConfigurationError.invalid` with the lines that are wrong.
  package static func parse(
    _ bytes: [UInt8], file: String, environment: [String: String] = [:]
  ) throws(ConfigurationError) -> [(name: String, value: String)] {
    var parser = EnvironmentParser(bytes, file: file, environment: environment)
    return try parser.parse()
  }
}
