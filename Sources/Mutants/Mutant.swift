/// A known defect, as a patch that plants it: what is wrong with it, where it was seen, and the change.
package struct Mutant: Sendable {
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Something wrong is done.
    case safety
    /// Nothing wrong is ever done, but the cluster stalls or churns.
    case liveness
    /// Two runs of one seed differ.
    case nondeterminism
  }

  /// As the patch's file is called.
  package let id: String
  package let sentence: String
  /// Who has had the defect.
  package let source: String
  package let kind: Kind
  /// What brings it to light.
  package let fault: String?
  /// Who is expected to notice.
  package let oracle: String?
  package let path: String
  package let changes: [FileChange]
  /// The whole patch.
  package let text: String
}

/// What a patch changes in one file.
package struct FileChange: Hashable, Sendable {
  /// Some lines in the place of others.
  package struct Hunk: Hashable, Sendable {
    /// Where it stands in the patch, for complaints.
    package let line: Int
    /// The first of the lines that are replaced, counted from 1.
    package let start: Int
    package let old: [String]
    package let new: [String]

    package init(line: Int, start: Int, old: [String], new: [String]) {
      self.line = line
      self.start = start
      self.old = old
      self.new = new
    }
  }

  /// From the package's folder on.
  package let path: String
  package let hunks: [Hunk]

  package init(path: String, hunks: [Hunk]) {
    self.path = path
    self.hunks = hunks
  }
}

/// Something is wrong with a patch.
package struct PatchError: Error, Hashable, Sendable, CustomStringConvertible {
  package let file: String
  package let line: Int
  package let found: String
  package let expected: String

  package var description: String { "\(file):\(line): found \(found); expected \(expected)" }
}
