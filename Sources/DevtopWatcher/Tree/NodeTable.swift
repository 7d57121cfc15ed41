import Glibc

/// The watched tree: nodes by parent and name, in flat memory (about 80 bytes a file).
///
/// A directory is renamed by changing its node; no path is stored.
final class NodeTable {
  static let root: NodeID = 0
  private static let empty: Int32 = -1
  private static let tombstone: Int32 = -2

  private var nodes: UnsafeMutablePointer<Node>
  private var capacity = 256
  private(set) var highWater = 0
  private var freeList: NodeID = -1
  private(set) var count = 0
  private var nextSerial: UInt32 = 1

  private var names: UnsafeMutablePointer<UInt8>
  private var namesCapacity = 4096
  private var namesCount = 0
  private var namesWasted = 0

  private var slots: UnsafeMutablePointer<Int32>
  private var slotCount = 1024
  private var slotsUsed = 0

  init() {
    nodes = .allocate(capacity: capacity)
    names = .allocate(capacity: namesCapacity)
    slots = .allocate(capacity: slotCount)
    slots.initialize(repeating: Self.empty, count: slotCount)
    nodes.initialize(
      to: Node(parent: -1, nameOffset: 0, serial: 0, nameLength: 0, flags: [.inUse, .directory, .anchor]))
    highWater = 1
    count = 1
  }

  deinit {
    nodes.deallocate()
    names.deallocate()
    slots.deallocate()
  }

  subscript(id: NodeID) -> Node {
    @inline(__always) get { nodes[Int(id)] }
    @inline(__always) _modify { yield &nodes[Int(id)] }
  }

  func name(_ id: NodeID) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: names + Int(nodes[Int(id)].nameOffset), count: Int(nodes[Int(id)].nameLength))
  }

  /// A number that no node has had.
  func takeSerial() -> UInt32 {
    nextSerial &+= 1
    return nextSerial
  }

  func find(_ parent: NodeID, _ name: UnsafePointer<UInt8>, _ length: Int) -> NodeID? {
    var slot = Self.hash(parent, name, length) & (slotCount - 1)
    while true {
      let id = slots[slot]
      if id == Self.empty { return nil }
      if id >= 0, isNamed(id, parent, name, length) { return id }
      slot = (slot + 1) & (slotCount - 1)
    }
  }

  /// Adds a node that is not there yet; names are at most 255 bytes (`NAME_MAX`).
  func insert(_ parent: NodeID, _ name: UnsafePointer<UInt8>, _ length: Int, _ flags: Node.Flags) -> NodeID {
    let offset = store(name, length)
    let node = Node(
      parent: parent, nameOffset: offset, serial: takeSerial(), nameLength: UInt8(clamping: length),
      flags: flags.union(.inUse))
    let id: NodeID
    if freeList >= 0 {
      id = freeList
      freeList = nodes[Int(id)].nextSibling
      nodes[Int(id)] = node
    } else {
      if highWater == capacity { growNodes() }
      id = NodeID(highWater)
      (nodes + highWater).initialize(to: node)
      highWater += 1
    }
    count += 1
    link(id, to: parent)
    return id
  }

  /// Removes a node without children.
  func remove(_ id: NodeID) {
    unlink(id)
    namesWasted += Int(nodes[Int(id)].nameLength)
    nodes[Int(id)].flags = []
    nodes[Int(id)].nextSibling = freeList
    freeList = id
    count -= 1
    if namesWasted > 65_536, namesWasted > namesCount / 2 { compactNames() }
  }

  /// Gives a node, with all below it, another parent and name.
  func move(_ id: NodeID, to parent: NodeID, _ name: UnsafePointer<UInt8>, _ length: Int) {
    unlink(id)
    namesWasted += Int(nodes[Int(id)].nameLength)
    nodes[Int(id)].nameOffset = store(name, length)
    nodes[Int(id)].nameLength = UInt8(clamping: length)
    nodes[Int(id)].parent = parent
    link(id, to: parent)
  }

  /// Writes the node's absolute path into the buffer.
  func path(_ id: NodeID, into buffer: PathBuffer) {
    if id == Self.root {
      buffer.truncate(to: 0)
      return
    }
    path(nodes[Int(id)].parent, into: buffer)
    let name = name(id)
    if let base = name.baseAddress { buffer.push(base, name.count) }
  }

  private func link(_ id: NodeID, to parent: NodeID) {
    if slotsUsed * 2 >= slotCount { rehash(except: id) }
    let first = nodes[Int(parent)].firstChild
    nodes[Int(id)].nextSibling = first
    nodes[Int(id)].previousSibling = -1
    if first >= 0 { nodes[Int(first)].previousSibling = id }
    nodes[Int(parent)].firstChild = id
    let name = name(id)
    guard let base = name.baseAddress else { return }
    var slot = Self.hash(parent, base, name.count) & (slotCount - 1)
    while slots[slot] >= 0 { slot = (slot + 1) & (slotCount - 1) }
    if slots[slot] == Self.empty { slotsUsed += 1 }
    slots[slot] = id
  }

  private func unlink(_ id: NodeID) {
    let node = nodes[Int(id)]
    if node.previousSibling >= 0 {
      nodes[Int(node.previousSibling)].nextSibling = node.nextSibling
    } else {
      nodes[Int(node.parent)].firstChild = node.nextSibling
    }
    if node.nextSibling >= 0 { nodes[Int(node.nextSibling)].previousSibling = node.previousSibling }
    var slot = Self.hash(node.parent, names + Int(node.nameOffset), Int(node.nameLength)) & (slotCount - 1)
    while slots[slot] != id {
      precondition(slots[slot] != Self.empty, "a node is removed once")
      slot = (slot + 1) & (slotCount - 1)
    }
    slots[slot] = Self.tombstone
  }

  /// Makes the table anew without tombstones, and larger where needed.
  private func rehash(except linking: NodeID) {
    slots.deallocate()
    while count * 4 >= slotCount { slotCount *= 2 }
    slots = .allocate(capacity: slotCount)
    slots.initialize(repeating: Self.empty, count: slotCount)
    slotsUsed = 0
    for index in 1..<max(highWater, 1) where nodes[index].flags.contains(.inUse) && index != Int(linking) {
      let node = nodes[index]
      var slot = Self.hash(node.parent, names + Int(node.nameOffset), Int(node.nameLength)) & (slotCount - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slotCount - 1) }
      slots[slot] = NodeID(index)
      slotsUsed += 1
    }
  }

  private func isNamed(_ id: NodeID, _ parent: NodeID, _ name: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    let node = nodes[Int(id)]
    return node.parent == parent && Int(node.nameLength) == length
      && memcmp(names + Int(node.nameOffset), name, length) == 0
  }

  private func growNodes() {
    let larger = UnsafeMutablePointer<Node>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: nodes, count: highWater)
    nodes.deallocate()
    nodes = larger
    capacity *= 2
  }

  private func store(_ name: UnsafePointer<UInt8>, _ length: Int) -> UInt32 {
    if namesCount + length > namesCapacity {
      while namesCount + length > namesCapacity { namesCapacity *= 2 }
      let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: namesCapacity)
      larger.update(from: names, count: namesCount)
      names.deallocate()
      names = larger
    }
    (names + namesCount).update(from: name, count: length)
    namesCount += length
    return UInt32(namesCount - length)
  }

  private func compactNames() {
    let fresh = UnsafeMutablePointer<UInt8>.allocate(capacity: namesCapacity)
    var used = 0
    for index in 1..<max(highWater, 1) where nodes[index].flags.contains(.inUse) {
      let length = Int(nodes[index].nameLength)
      (fresh + used).update(from: names + Int(nodes[index].nameOffset), count: length)
      nodes[index].nameOffset = UInt32(used)
      used += length
    }
    names.deallocate()
    names = fresh
    namesCount = used
    namesWasted = 0
  }

  /// FNV-1a over the name, started with the parent.
  private static func hash(_ parent: NodeID, _ name: UnsafePointer<UInt8>, _ length: Int) -> Int {
    var hash = 0xCBF2_9CE4_8422_2325 ^ (UInt64(UInt32(bitPattern: parent)) &* 0x9E37_79B1_85EB_CA87)
    for index in 0..<length { hash = (hash ^ UInt64(name[index])) &* 0x100_0000_01B3 }
    return Int(truncatingIfNeeded: hash ^ (hash >> 29)) & Int.max
  }
}
