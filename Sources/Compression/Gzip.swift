import CZlib

/// Compression of a run's files (RFC 1952). The header names no time and no system, so that equal bytes are
/// compressed to equal bytes.
package enum Gzip {
  /// - Precondition: less than 2³² bytes at a time, which a run's file is.
  package static func compressed(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    precondition(faultline_gzip_begin(&stream) == Z_OK, "zlib has no memory")
    defer { deflateEnd(&stream) }
    precondition(bytes.count < Int(UInt32.max), "a file of a run has less than 4 GiB")
    var input = bytes
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
    let written = input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(output.count)
        precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END, "the bound is an upper bound")
        return output.count - Int(stream.avail_out)
      }
    }
    output.removeLast(output.count - written)
    return output
  }

  /// nil where the bytes are no whole gzip file, or hold more than a run's file may.
  package static func decompressed(_ bytes: [UInt8]) -> [UInt8]? {
    var stream = z_stream()
    precondition(faultline_gunzip_begin(&stream) == Z_OK, "zlib has no memory")
    defer { inflateEnd(&stream) }
    guard bytes.count < Int(UInt32.max) else { return nil }
    var input = bytes
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    return input.withUnsafeMutableBufferPointer { input in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      while true {
        let (status, count) = chunk.withUnsafeMutableBufferPointer { chunk in
          stream.next_out = chunk.baseAddress
          stream.avail_out = UInt32(chunk.count)
          return (inflate(&stream, Z_NO_FLUSH), chunk.count - Int(stream.avail_out))
        }
        output += chunk[..<count]
        if status == Z_STREAM_END { return output }
        guard status == Z_OK, output.count < Int(UInt32.max) else { return nil }
      }
    }
  }
}
