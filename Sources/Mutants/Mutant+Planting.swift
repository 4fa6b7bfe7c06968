extension Mutant {
  /// The file with the defect in it.
  ///
  /// - Throws: where a hunk's old lines are found neither where it says nor near.
  package func plant(_ change: FileChange, into text: String) throws(PatchError) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var shift = 0
    for hunk in change.hunks {
      let wanted = hunk.start - 1 + shift
      guard let place = Self.place(of: hunk.old, in: lines, near: wanted) else {
        throw mismatch(hunk, in: change.path, lines, at: wanted)
      }
      lines.replaceSubrange(place..<(place + hunk.old.count), with: hunk.new)
      // Where one hunk was found the next is likely to be as far away.
      shift += place - wanted + hunk.new.count - hunk.old.count
    }
    return lines.joined(separator: "\n")
  }

  /// The nearest place with these lines: code moves when other code is written above it.
  private static func place(of old: [String], in lines: [String], near wanted: Int) -> Int? {
    func fits(_ place: Int) -> Bool {
      place >= 0 && place + old.count <= lines.count && lines[place..<(place + old.count)].elementsEqual(old)
    }
    for distance in 0...max(lines.count, wanted) {
      if fits(wanted - distance) { return wanted - distance }
      if fits(wanted + distance) { return wanted + distance }
    }
    return nil
  }

  private func mismatch(_ hunk: FileChange.Hunk, in file: String, _ lines: [String], at place: Int) -> PatchError {
    for (offset, old) in hunk.old.enumerated() {
      let present = lines.indices.contains(place + offset) ? lines[place + offset] : nil
      guard present != old else { continue }
      let found = present.map { "'\($0)'" } ?? "the end"
      return PatchError(
        file: path, line: hunk.line, found: "\(found) at \(file):\(place + offset + 1)", expected: "'\(old)'")
    }
    return PatchError(file: path, line: hunk.line, found: "other lines in \(file)", expected: "the hunk's")
  }
}
