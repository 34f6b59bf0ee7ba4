/** The files that `meshclaw init` writes: valid as they are, and their own explanation. */

export const SAMPLE_SETTINGS = `# MeshClaw's settings. Every key may be left out; unknown keys are errors.
# "meshclaw config show" prints what is in force and where it came from.

policy:
  # What the shipped rules are set to: homelab, production or read-only (no change at all).
  # Rules and parameters of your own are added from the folder policies/.
  pack: homelab

# evidence:
#   # Where the ledger lives when not in this folder. An absolute path.
#   folder: /var/lib/meshclaw
#   # Where signed heads are kept as well: only a head out of reach shows a ledger that was cut back or written anew.
#   anchors:
#     - file: /mnt/elsewhere/meshclaw-heads
#     - command: [ssh, witness, cat >> meshclaw-heads]

# # Who is told when a person is asked, and when one has answered: an id and how to look at it, never the plan.
# notifications:
#   - webhook: https://hooks.example.net/meshclaw
#     secret_file: /home/me/.config/meshclaw-webhook-secret
#   - ntfy: https://ntfy.example.net/my-approvals
#   - command: [notify-send, --, MeshClaw, somebody waits for an approval]
`;

export const SAMPLE_INVENTORY = `# The servers MeshClaw may be asked about. Names carry no meaning; what policy may use is written here.
# With this file, only the servers in it exist.

servers:
  - name: localhost
    reach:
      # Ways to reach the server, in order of preference, each with that executor's own settings.
      - executor: local
    tags: [controller]
    # role: controller
    # environment: homelab            # production, staging, ... your word
    # criticality: medium             # low, medium, high, critical
    # autoheal: ask                   # never, ask, auto
    # intentionally_offline: false
    # notes: stands under the desk
`;

/** An inventory of servers that were found somewhere, and this machine. JSON strings are YAML too, so any name is safe. */
export function inventoryText(
  servers: readonly { readonly name: string; readonly reach: readonly Readonly<Record<string, string | number>>[] }[],
  source: string,
): string {
  const lines = servers.flatMap(({ name, reach }) => [
    `  - name: ${word(name)}`,
    '    reach:',
    ...reach.flatMap((way) =>
      Object.entries(way).map(([key, value], index) => `      ${index === 0 ? '- ' : '  '}${key}: ${word(value)}`),
    ),
  ]);
  const own = servers.some(({ name }) => name === 'localhost')
    ? []
    : ['  - name: localhost', '    reach:', '      - executor: local', '    tags: [controller]'];
  return [
    `# The servers MeshClaw may be asked about, begun from ${JSON.stringify(source)}.`,
    '# With this file, only the servers in it exist. What policy may use is written here: tags, role, environment,',
    '# criticality (low, medium, high, critical), autoheal (never, ask, auto), intentionally_offline, notes.',
    '# "meshclaw enrol <name>" adds the host key that a server has to have.',
    '',
    'servers:',
    ...own,
    ...lines,
    '',
  ].join('\n');
}

/** Without quotes where nothing could be misread: no number, no truth value, no mark. */
const word = (value: string | number): string =>
  typeof value === 'number' ||
  /^(?!(?:true|false|null|yes|no|on|off|y|n)$)(?:[A-Za-z][\w./-]*|~?\/[\w./-]*)$/i.test(value)
    ? String(value)
    : JSON.stringify(value);
