/** What a large file or directory probably is, by its path alone. A word for people; nothing is ever done because of it. */

export const DISK_KINDS = [
  'log',
  'cache',
  'package',
  'model',
  'container_layer',
  'backup',
  'core_dump',
  'trash',
  'other',
] as const;
/** The kind of data; `other` is "not known", not "not needed". */
export type DiskKind = (typeof DISK_KINDS)[number];

// In order: the first that fits. Places are where Debian, Alpine, Red Hat and macOS put them (hier(7), file-hierarchy(7)),
// and where Docker, containerd, Podman, pip, npm, cargo, Hugging Face and Ollama do by default.
const PLACES: readonly (readonly [DiskKind, RegExp])[] = [
  ['trash', /\/(?:\.Trash(?:-\d+|es)?|\.local\/share\/Trash|#recycle|\$RECYCLE\.BIN)(?:\/|$)/],
  [
    'container_layer',
    /^\/var\/lib\/(?:docker|containerd|containers\/storage)(?:\/|$)|\/\.local\/share\/(?:docker|containers\/storage)(?:\/|$)/,
  ],
  ['core_dump', /^\/var\/(?:lib\/systemd\/coredump|crash|core)(?:\/|$)|^\/cores\//],
  ['model', /\/\.ollama\/models(?:\/|$)|\/(?:\.cache\/)?huggingface\/hub(?:\/|$)|\/checkpoints?(?:[-_/]|$)/],
  [
    'package',
    /^\/var\/cache\/(?:apt|apk|dnf|yum|pacman)(?:\/|$)|\/(?:node_modules|site-packages|dist-packages|\.cargo\/registry)(?:\/|$)/,
  ],
  ['cache', /\/(?:\.cache|\.npm|__pycache__|[Cc]aches?|tmp)(?:\/|$)/],
  ['log', /\/(?:logs?|journal)(?:\/|$)/],
  ['backup', /\/(?:backups?|snapshots?)(?:\/|$)/i],
];
const NAMES: readonly (readonly [DiskKind, RegExp])[] = [
  ['core_dump', /\/(?:core|core\.\d+|[^/]+\.core|vmcore)$/],
  ['model', /\.(?:safetensors|gguf|ggml|ckpt|pth|pt|onnx|h5|tflite)$/i],
  ['backup', /\.(?:bak|old|orig|dump|sql|sql\.(?:gz|zst|xz|bz2)|tar\.(?:gz|zst|xz|bz2)|tgz)(?:\.\d+)?$|~$/i],
  ['log', /\.log(?:[.-]\d+)*(?:\.(?:gz|xz|zst|bz2))?$/i],
  ['package', /\.(?:deb|rpm|apk|whl|pkg\.tar\.zst)$/i],
];

/** The kind of a path. Names count for files only. */
export function kindOf(path: string, isDirectory: boolean): DiskKind {
  const rules = isDirectory ? PLACES : [...PLACES.slice(0, 4), ...NAMES, ...PLACES.slice(4)];
  return rules.find(([, pattern]) => pattern.test(path))?.[0] ?? 'other';
}
