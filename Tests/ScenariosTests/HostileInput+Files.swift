extension HostileInput {
  /// What is no YAML for a scenario.
  static let files: [HostileInput] = [
    .init(
      "an empty file",
      "",
      "1:1: the file is empty; expected a scenario, which begins with 'faultline: 1'"),
    .init(
      "blanks alone",
      " \n\n  \n",
      "1:1: the file is empty; expected a scenario, which begins with 'faultline: 1'"),
    .init(
      "a comment alone",
      "# nothing here\n",
      "1:1: the file is empty; expected a scenario, which begins with 'faultline: 1'"),
    .init(
      "a document mark alone",
      "---\n",
      "2:1: the scenario: found nothing; expected a map with faultline, name, description, seed, duration, heal_at, heal, ties, schedule, cluster, network, disks, clocks, resources, workload, faults, choices, measures, expect or sweep"
    ),
    .init(
      "a NUL",
      "name: a\u{0}b\n",
      "1:8: the character U+0000 is not allowed; expected a text file in UTF-8"),
    .init(
      "a control character",
      "name: a\n\u{7}",
      "2:1: the character U+0007 is not allowed; expected a text file in UTF-8"),
    .init(
      "a byte order mark inside",
      "name: \u{FEFF}a\n",
      "1:7: the character U+FEFF is not allowed; expected a text file in UTF-8"),
    .init(
      "a text on top",
      "faultline",
      "1:1: the scenario: found 'faultline'; expected a map with faultline, name, description, seed, duration, heal_at, heal, ties, schedule, cluster, network, disks, clocks, resources, workload, faults, choices, measures, expect or sweep"
    ),
    .init(
      "a list on top",
      "- faultline: 1\n",
      "1:1: the scenario: found a list; expected a map with faultline, name, description, seed, duration, heal_at, heal, ties, schedule, cluster, network, disks, clocks, resources, workload, faults, choices, measures, expect or sweep"
    ),
    .init(
      "two documents",
      "faultline: 1\n---\nfaultline: 1\n",
      "2:1: a second document begins here; a scenario file holds one"),
    .init(
      "a directive",
      "%TAG ! tag:example.org,2000:\n---\nfaultline: 1\n",
      "1:1: a line that begins with '%' is a YAML directive; scenarios have none"),
    .init(
      "an open bracket",
      "name: [a\n",
      "2:1: this is not YAML: while parsing a flow sequence, did not find expected ',' or ']'"),
    .init(
      "an open quotation mark",
      "name: \"a\n",
      "2:1: this is not YAML: while scanning a quoted scalar, found unexpected end of stream"),
    .init(
      "a tab as indentation",
      "cluster:\n\tnodes: 3\n",
      "2:1: this is not YAML: while scanning for the next token, found character that cannot start any token"),
    .init(
      "two values on a line",
      "name: a: b\n",
      "1:8: this is not YAML: mapping values are not allowed in this context"),
    .init(
      "an unknown escape",
      "name: \"\\q\"\n",
      "1:8: this is not YAML: while parsing a quoted scalar, found unknown escape character"),
    .init(
      "lists a hundred thousand deep",
      "a: " + String(repeating: "[", count: 100_000),
      "1:5: lists and maps are nested more than 64 deep"),
    .init(
      "maps seventy deep",
      String(repeating: "{a: ", count: 70) + String(repeating: "}", count: 70),
      "1:257: lists and maps are nested more than 64 deep"),
    .init(
      "a key twice",
      "faultline: 1\nname: a\nseed: 1\nname: b\n",
      "4:1: key 'name' is there twice; expected it once"),
    .init(
      "a key twice in a flow map",
      "faultline: 1\ncluster: {nodes: 3, nodes: 4}\n",
      "2:21: key 'nodes' is there twice; expected it once"),
    .init(
      "a key three times",
      "a: 1\na: 2\na: 3\n",
      "2:1: key 'a' is there twice; expected it once"),
    .init(
      "a quoted key twice",
      "name: a\n\"name\": b\n",
      "2:1: key 'name' is there twice; expected it once"),
    .init(
      "a list as a key",
      "[a, b]: c\n",
      "1:1: found a list, a map or an alias as a key; expected a word"),
    .init(
      "an alias as a key",
      "a: &x 1\n*x : 2\n",
      "2:1: found a list, a map or an alias as a key; expected a word"),
    .init(
      "a complex key",
      "? a\n: b\n",
      "2:1: this is not YAML: did not find expected <document start>"),
    .init(
      "a merge key",
      "base: &b {nodes: 3}\ncluster:\n  <<: *b\n",
      "3:3: merge keys ('<<') are not allowed in a scenario; write the keys out"),
    .init(
      "a binary tag",
      "name: !!binary aGk=\n",
      "1:7: the tag '!!binary' is not allowed; scenarios have no tags"),
    .init(
      "a tag of its own",
      "name: !name a\n",
      "1:7: the tag '!name' is not allowed; scenarios have no tags"),
    .init(
      "an unknown alias",
      "name: *a\n",
      "1:7: found alias '*a'; expected one of an anchor that is complete before it"),
    .init(
      "an anchor within itself",
      "name: &a [*a]\n",
      "1:11: found alias '*a'; expected one of an anchor that is complete before it"),
    .init(
      "an alias bomb",
      bomb("b"),
      "4:45: more than 1,000 alias expansions; a scenario has at most 1,000"),
    .init(
      "an alias bomb in keys",
      bomb("[*k20, *k20]: 1\nb"),
      "4:45: more than 1,000 alias expansions; a scenario has at most 1,000"),
  ]

  /// Versions, names, durations, seeds.
  static let headers: [HostileInput] = [
    .init(
      "a number as the version in quotation marks is still one, and the rest is missing",
      "faultline: \"1\"\n",
      "1:1: the scenario has no key 'name'; it is required"),
    .init(
      "another version",
      "faultline: 2\n",
      "1:12: faultline: found '2'; expected 1, the only version of the format"),
    .init(
      "an infinite version",
      "faultline: .inf\n",
      "1:12: faultline: found '.inf'; expected 1, the only version of the format"),
    .init(
      "no version",
      "name: a\n",
      "1:1: the scenario has no key 'faultline'; it is required"),
    .init(
      "an unknown key at the top",
      "faultlien: 1\n",
      "1:1: unknown key 'faultlien' in the scenario; did you mean 'faultline'?"),
    .init(
      "a key far from any",
      "colour: red\n",
      "1:1: unknown key 'colour' in the scenario; expected faultline, name, description, seed, duration, heal_at, heal, ties, schedule, cluster, network, disks, clocks, resources, workload, faults, choices, measures, expect or sweep"
    ),
    .init(
      "a key of a later version",
      "faultline: 1\nmapek: {}\n",
      "2:1: 'mapek' is not available in this version"),
    .init(
      "no duration",
      "faultline: 1\nname: a\n",
      "1:1: the scenario has no key 'duration'; it is required"),
    .init(
      "a name with a slash",
      "faultline: 1\nname: ../a\n",
      "2:7: name: found '../a'; expected a name of a to z, 0 to 9 and '-', not beginning with '-', of at most 64 characters"
    ),
    .init(
      "a name of 65 characters",
      "faultline: 1\nname: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
      "2:7: name: found 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…'; expected a name of a to z, 0 to 9 and '-', not beginning with '-', of at most 64 characters"
    ),
    .init(
      "a map as the name",
      "faultline: 1\nname: {a: b}\n",
      "2:7: name: found a map; expected a name of a to z, 0 to 9 and '-', not beginning with '-', of at most 64 characters"
    ),
    .init(
      "nothing as the name",
      "faultline: 1\nname:\nduration: 4s\n",
      "2:6: name: found nothing; expected a name of a to z, 0 to 9 and '-', not beginning with '-', of at most 64 characters"
    ),
    .init(
      "a duration without a unit",
      "faultline: 1\nname: a\nduration: 40\n",
      "3:11: duration: found '40'; expected a duration with its unit: ns, us, ms, s, m, h or d"),
    .init(
      "a duration of zero",
      "faultline: 1\nname: a\nduration: 0s\n",
      "3:11: duration: found '0s'; expected a duration above 0"),
    .init(
      "a duration below zero",
      "faultline: 1\nname: a\nduration: -5s\n",
      "3:11: duration: found '-5s'; expected a duration such as 10ms or 2s"),
    .init(
      "a duration of eleven years",
      "faultline: 1\nname: a\nduration: 4018d\n",
      "3:11: duration: found '4018d'; expected a duration of at most 10 years"),
    .init(
      "a duration that overflows",
      "faultline: 1\nname: a\nduration: 99999999999999999999d\n",
      "3:11: duration: found '99999999999999999999d'; expected a duration such as 10ms or 2s"),
    .init(
      "a duration with many zeros",
      "faultline: 1\nname: a\nduration: 1e999s\n",
      "3:11: duration: found '1e999s'; expected a duration such as 10ms or 2s; its units are ns, us, ms, s, m, h and d"
    ),
    .init(
      "a duration that is not a number",
      "faultline: 1\nname: a\nduration: .nan\n",
      "3:11: duration: found '.nan'; expected a duration such as 10ms or 2s"),
    .init(
      "a duration with a part of a nanosecond",
      "faultline: 1\nname: a\nduration: 1.5ns\n",
      "3:11: duration: found '1.5ns'; expected a duration of whole nanoseconds"),
    .init(
      "a duration in fortnights",
      "faultline: 1\nname: a\nduration: 2w\n",
      "3:11: duration: found '2w'; expected a duration such as 10ms or 2s; its units are ns, us, ms, s, m, h and d"),
    .init(
      "a duration with rising units",
      "faultline: 1\nname: a\nduration: 1s1m\n",
      "3:11: duration: found '1s1m'; expected a duration such as 10ms or 2s; its units are ns, us, ms, s, m, h and d"
    ),
    .init(
      "a duration as a list",
      "faultline: 1\nname: a\nduration: [1s]\n",
      "3:11: duration: found a list; expected a duration such as 10ms or 2s"),
    .init(
      "a seed below zero",
      section("seed: -1\n"),
      "5:7: seed: found '-1'; expected a whole number from 0 to 18446744073709551615"),
    .init(
      "a seed of 2^64",
      section("seed: 18446744073709551616\n"),
      "5:7: seed: found '18446744073709551616'; expected a whole number from 0 to 18446744073709551615"),
    .init(
      "a seed with a fraction",
      section("seed: 1.5\n"),
      "5:7: seed: found '1.5'; expected a whole number from 0 to 18446744073709551615"),
    .init(
      "healing after the end",
      section("heal_at: 41s\n"),
      "5:10: heal_at: found '41s'; expected a moment within the duration of 40s"),
    .init(
      "an unknown order of ties",
      section("ties: seedd\n"),
      "5:7: ties: found 'seedd'; expected sequence or seeded; did you mean 'seeded'?"),
    .init(
      "two keys twice",
      "cluster: {a: 1, b: 1, a: 2, b: 2}\n",
      "1:23: key 'a' is there twice; expected it once"),
    .init(
      "two keys twice, the later letter first",
      "bb: 1\nbb: 2\nab: 1\nab: 2\n",
      "4:1: key 'ab' is there twice; expected it once"),
    .init(
      "a complex key as a value",
      "name: ? a\n",
      "1:7: found '?', which begins a complex key; expected a word as a key"),
    .init(
      "stars alone",
      "name: ***\n",
      "1:7: found alias '***'; expected one of an anchor that is complete before it"),
    .init(
      "a key without a value in a list",
      "- ? \n",
      "1:3: found '?', which begins a complex key; expected a word as a key"),
  ]
}
