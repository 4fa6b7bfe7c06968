extension HostileInput {
  private static func retry(_ value: String) -> String { section("workload: {rate: 1/s, retry: \(value)}\n") }

  /// How clients and hosts try again.
  static let retries: [HostileInput] = [
    .init(
      "a retry that is no map", retry("true"),
      "5:30: workload.retry: found 'true'; expected a map with timeout, initial, factor, max, jitter, attempts or repeat"
    ),
    .init(
      "a retry with an unknown key", retry("{backoff: 1s}"),
      "5:31: unknown key 'backoff' in workload.retry; expected timeout, initial, factor, max, jitter, attempts or repeat"
    ),
    .init(
      "a pause of nothing", retry("{initial: 0s}"),
      "5:40: workload.retry.initial: found '0s'; expected a duration above 0"),
    .init(
      "a first pause beyond the longest", retry("{initial: 2s, max: 1s}"),
      "5:49: workload.retry: the first pause, 2s, is longer than the longest, 1s; expected 'initial' up to 'max'"),
    .init(
      "a longest pause below the usual first one", retry("{max: 1ms}"),
      "5:36: workload.retry: the first pause, 25ms, is longer than the longest, 1ms; expected 'initial' up to 'max'"
    ),
    .init(
      "pauses that shrink", retry("{factor: 0.5}"),
      "5:39: workload.retry.factor: found '0.5'; expected a number from 1 to 100"),
    .init(
      "pauses that explode", retry("{factor: 101}"),
      "5:39: workload.retry.factor: found '101'; expected a number from 0 to 100 with at most 3 decimals"),
    .init(
      "a jitter of more than all", retry("{jitter: 101%}"),
      "5:39: workload.retry.jitter: found '101%'; expected a percentage from 0% to 100%"),
    .init(
      "no attempt at all", retry("{attempts: 0}"),
      "5:41: workload.retry.attempts: found '0'; expected a whole number from 1 to 1000000"),
    .init(
      "a word that says nothing of repeating", retry("{repeat: sometimes}"),
      "5:39: workload.retry.repeat: found 'sometimes'; expected never, safe or always"),
    .init(
      "sessions as a number", section("workload: {rate: 1/s, sessions: 5}\n"),
      "5:33: workload.sessions: found '5'; expected true or false"),
    .init(
      "a connection for datagrams", section("network: {transport: datagram, setup: 1ms}\n"),
      "5:32: network.setup: datagrams have no connection; expected 'transport: stream' beside it"),
    .init(
      "a pause of a nanosecond", retry("{initial: 1ns}"),
      "5:40: workload.retry.initial: found '1ns'; expected at least 1us"),
    .init(
      "a try of a nanosecond", retry("{timeout: 1ns}"),
      "5:40: workload.retry.timeout: found '1ns'; expected at least 1us"),
    .init(
      "a try that outlasts its operation", retry("{timeout: 2s}"),
      "5:40: workload.retry.timeout: found '2s'; expected no more than the whole operation has, 1s"),
    .init(
      "a time to dial where nobody dials", section("network: {setup_timeout: 1s}\n"),
      "5:11: network.setup_timeout: streams open by themselves; expected 'setup' or 'setup_failure' beside it"),
    .init(
      "a pause after dialling where nobody dials in vain", section("network: {reconnect: {initial: 1s}}\n"),
      "5:11: network.reconnect: streams open by themselves; expected 'setup' or 'setup_failure' beside it"),
    .init(
      "attempts of a host", section("network: {setup: 1ms, reconnect: {attempts: 3}}\n"),
      "5:35: unknown key 'attempts' in network.reconnect; expected initial, factor, max or jitter"),
    .init(
      "connections of one kind of messages",
      section(
        "faults: [{at: 3s, for: 1s, link: {from: n1, to: n2, kinds: [AppendEntries], setup_failure: 100%}}]\n"),
      "5:77: faults.link.setup_failure is the whole link's; expected no 'setup_failure' beside 'kinds'"),
  ]
}
