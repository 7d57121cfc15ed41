/// One service of the project, named as in the configuration.
package struct ServiceID: Hashable, Comparable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible
{
  package let name: String

  package init(_ name: String) { self.name = name }
  package init(stringLiteral name: String) { self.name = name }

  package var description: String { name }

  package static func < (left: ServiceID, right: ServiceID) -> Bool { left.name < right.name }
}

/// The number of a run (generation) of one service.
///
/// Each build, and each start without a build, takes the next number, from 1; a process carries the number
/// of its build. Whatever arrives from an older run is ignored or attributed to that run.
package typealias RunNumber = Int
