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
