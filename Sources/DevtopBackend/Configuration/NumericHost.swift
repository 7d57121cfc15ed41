internal import Glibc

/// Numeric IP addresses.
enum NumericHost {
  /// inet_pton(3) reads it as IPv4 or IPv6.
  static func isValid(_ host: String) -> Bool {
    var four = in_addr()
    var six = in6_addr()
    return inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1
  }
}
