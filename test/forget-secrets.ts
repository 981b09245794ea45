import { forgetSecrets } from '../src/core/redact.ts'

// Files that share a worker share this memory: a secret of an earlier one would blank out words of a later one.
forgetSecrets()
