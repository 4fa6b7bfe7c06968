import CZlib

/// Bytes in a frame that tells what they are and whether they are whole: what is read back is what was written, or is refused.
///
/// Little-endian: four letters that name the content, the frame's version, how it is compressed (0 not at all, 1 zlib,
/// RFC 1950), two zeros; the content's length and that of what is stored, 8 bytes each; the CRC-32 of what is stored and that
/// of all before (ISO 3309, as in gzip), 4 bytes each; then what is stored. What zlib compresses carries a checksum of its content.
package enum Frame {
  package static let version: UInt8 = 1
  package static let headerSize = 32

  /// Why bytes are refused.
  package enum Fault: Error, Hashable, Sendable, CustomStringConvertible {
    case tooShort(Int)
    /// It is no frame of this content.
    case foreign
    case version(UInt8)
    case compression(UInt8)
    case header
    case length(expected: UInt64, found: UInt64)
    /// More than the reader will take.
    case tooLarge(UInt64, limit: Int)
    case content
    /// It cannot be decompressed, or to another length.
    case compressed

    package var description: String {
      switch self {
      case .tooShort(let count): "\(count) bytes are less than a header, which has \(Frame.headerSize)"
      case .foreign: "it begins with other letters"
      case .version(let version): "it has version \(version) and not \(Frame.version)"
      case .compression(let kind): "it is compressed in a way \(kind) that is neither 0 nor 1"
      case .header: "its header does not match its checksum"
      case .length(let expected, let found): "\(found) bytes follow its header, which names \(expected)"
      case .tooLarge(let count, let limit): "its content has \(count) bytes, and \(limit) are the most"
      case .compressed: "what is compressed in it is damaged"
      case .content: "what follows its header does not match its checksum"
      }
    }
  }

  /// - Parameters:
  ///   - name: four ASCII letters.
  ///   - level: of zlib, 1 to 9; 0 for none. Where compression does not make it smaller, it is left out.
  package static func wrap(_ content: [UInt8], as name: StaticString, level: Int) -> [UInt8] {
    precondition(name.utf8CodeUnitCount == 4, "a frame's name has four letters")
    let packed = level > 0 ? compressed(content, level: level) : nil
    let stored = packed ?? content
    var frame: [UInt8] = []
    frame.reserveCapacity(headerSize + stored.count)
    frame += UnsafeBufferPointer(start: name.utf8Start, count: 4)
    frame += [version, packed == nil ? 0 : 1, 0, 0]
    frame.append(UInt64(content.count), bytes: 8)
    frame.append(UInt64(stored.count), bytes: 8)
    frame.append(UInt64(checksum(stored[...])), bytes: 4)
    frame.append(UInt64(checksum(frame[...])), bytes: 4)
    frame += stored
    return frame
  }

  /// - Parameter limit: bytes of content; a frame that names more is refused before anything is decompressed, and what
  ///   decompresses to more than it names is refused too.
  package static func unwrap(_ frame: [UInt8], as name: StaticString, limit: Int) throws(Fault) -> [UInt8] {
    guard frame.count >= headerSize else { throw .tooShort(frame.count) }
    guard frame[..<4].elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: 4)) else { throw .foreign }
    guard frame[4] == version else { throw .version(frame[4]) }
    guard UInt64(checksum(frame[..<28])) == frame.word(at: 28, bytes: 4) else { throw .header }
    guard frame[5] <= 1 else { throw .compression(frame[5]) }
    let (size, stored) = (frame.word(at: 8, bytes: 8), frame.word(at: 16, bytes: 8))
    guard size <= UInt64(limit) else { throw .tooLarge(size, limit: limit) }
    guard stored == UInt64(frame.count - headerSize) else {
      throw .length(expected: stored, found: UInt64(frame.count - headerSize))
    }
    guard UInt64(checksum(frame[headerSize...])) == frame.word(at: 24, bytes: 4) else { throw .content }
    guard frame[5] == 1 else {
      guard size == stored else { throw .length(expected: size, found: stored) }
      return Array(frame[headerSize...])
    }
    guard let content = decompressed(frame[headerSize...], to: Int(size)) else { throw .compressed }
    return content
  }

  /// Bytes of content as the header names them; nil for what is too short to be a frame.
  package static func contentSize(of frame: [UInt8]) -> UInt64? {
    frame.count >= headerSize ? frame.word(at: 8, bytes: 8) : nil
  }

  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count)) }
  }

  /// nil where it would be no smaller.
  private static func compressed(_ content: [UInt8], level: Int) -> [UInt8]? {
    var stream = z_stream()
    precondition(faultline_deflate_begin(&stream, Int32(level)) == Z_OK, "zlib has no memory")
    defer { deflateEnd(&stream) }
    guard content.count < Int(UInt32.max) else { return nil }
    var input = content
    var length: Int?
    var output = [UInt8](unsafeUninitializedCapacity: content.count) { output, count in
      length = input.withUnsafeMutableBufferPointer { input in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(content.count)
        // Without room for it, it does not end.
        return deflate(&stream, Z_FINISH) == Z_STREAM_END ? content.count - Int(stream.avail_out) : nil
      }
      count = length ?? 0
    }
    guard let length, length < content.count else { return nil }
    output.removeLast(output.count - length)
    return output
  }

  private static func decompressed(_ bytes: ArraySlice<UInt8>, to size: Int) -> [UInt8]? {
    var stream = z_stream()
    precondition(faultline_inflate_begin(&stream) == Z_OK, "zlib has no memory")
    defer { inflateEnd(&stream) }
    guard bytes.count < Int(UInt32.max), size < Int(UInt32.max) else { return nil }
    var input = Array(bytes)
    var isWhole = false
    let output = [UInt8](unsafeUninitializedCapacity: size) { output, count in
      isWhole = input.withUnsafeMutableBufferPointer { input in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(size)
        return inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_out == 0 && stream.avail_in == 0
      }
      count = isWhole ? size : 0
    }
    return isWhole ? output : nil
  }
}

extension [UInt8] {
  fileprivate mutating func append(_ word: UInt64, bytes: Int) {
    for place in 0..<bytes { append(UInt8(truncatingIfNeeded: word >> UInt64(8 * place))) }
  }

  fileprivate func word(at position: Int, bytes: Int) -> UInt64 {
    (0..<bytes).reduce(0) { $0 | UInt64(self[position + $1]) << UInt64(8 * $1) }
  }
}
