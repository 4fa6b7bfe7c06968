import Node
import Primitives

/// What a leader puts into the log for a client's request.
struct KVCommand: Hashable, Sendable {
  let client: Endpoint
  let request: RequestID
  let oldestOpen: RequestID
  let operation: KVOperation

  /// 24 bytes and the operation; never empty, as a no-op's is.
  var bytes: [UInt8] {
    var writer = WireWriter()
    writer.write(client.word)
    writer.write(request.rawValue)
    writer.write(oldestOpen.rawValue)
    operation.encode(into: &writer)
    return writer.bytes
  }

  /// Nil for a no-op, and for an entry that was damaged on its way here.
  init?(_ bytes: [UInt8]) {
    var reader = WireReader(bytes)
    do {
      let word = try reader.word64()
      client = Endpoint(NodeID(UInt32(truncatingIfNeeded: word >> 16)), UInt16(truncatingIfNeeded: word))
      request = RequestID(try reader.word64())
      oldestOpen = RequestID(try reader.word64())
      operation = try KVOperation.decode(from: &reader)
      try reader.end()
    } catch {
      return nil
    }
  }

  init(client: Endpoint, request: KVRequest) {
    self.client = client
    self.request = request.request
    oldestOpen = request.oldestOpen
    operation = request.operation
  }
}
