import type { CommandEntry } from './command.ts'

const setUp = 'Set up:'
const features = 'Unified Login:'
const leavers = 'Leavers:'
const proof = 'Proof:'
const more = 'More:'

/** Every command of the first level: what `k1ctl --help` shows. A command's own file is loaded when it is called. */
export const entries: readonly CommandEntry[] = [
  {
    name: 'connect',
    section: setUp,
    summary: 'sign in to a system and keep the connection',
    load: async () => (await import('./connect.ts')).connectCommand,
  },
  {
    name: 'disconnect',
    section: setUp,
    summary: 'forget a connection and its secret',
    load: async () => (await import('./disconnect.ts')).disconnectCommand,
  },
  {
    name: 'connections',
    section: setUp,
    summary: 'list, show and change connections',
    load: async () => (await import('./connections.ts')).connectionsCommand,
  },
  {
    name: 'unlock',
    section: setUp,
    summary: 'open the sealed secrets for a time, so that later calls do not ask',
    load: async () => (await import('./unlock.ts')).unlockCommand,
  },
  {
    name: 'lock',
    section: setUp,
    summary: 'end k1ctl unlock',
    load: async () => (await import('./lock.ts')).lockCommand,
  },
  {
    name: 'tenant',
    section: setUp,
    summary: 'list, choose and manage tenants',
    load: async () => (await import('./tenant.ts')).tenantCommand,
  },
  {
    name: 'store',
    section: setUp,
    summary: "where everything is kept: files, or a team's PostgreSQL",
    load: async () => (await import('./store.ts')).storeCommand,
  },
  {
    name: 'operator',
    section: setUp,
    summary: 'who works in a team: keys of their own, and what each may do',
    load: async () => (await import('./operator.ts')).operatorCommand,
  },
  {
    name: 'systems',
    section: setUp,
    summary: 'what each system can do, and how it is reached',
    load: async () => (await import('./systems.ts')).systemsCommand,
  },
  {
    name: 'explain',
    section: setUp,
    summary: 'a system: its settings, rights, goals and limits',
    load: async () => (await import('./explain.ts')).explainCommand,
  },
  {
    name: 'status',
    section: features,
    summary: 'the five features of every module: what holds, what is missing',
    load: async () => (await import('./status.ts')).statusCommand,
  },
  {
    name: 'unified-login',
    section: features,
    summary: 'Log In with KaseyaOne',
    load: async () => (await import('./features.ts')).unifiedLoginCommand,
  },
  {
    name: 'require-log-in',
    section: features,
    summary: 'Require Log In with KaseyaOne, and its exceptions',
    load: async () => (await import('./require-log-in.ts')).requireLogInCommand,
  },
  {
    name: 'jit',
    section: features,
    summary: 'Automatic User Creation, and its defaults',
    load: async () => (await import('./jit.ts')).jitCommand,
  },
  {
    name: 'deprovisioning',
    section: features,
    summary: 'Automatic User Deprovisioning',
    load: async () => (await import('./features.ts')).deprovisioningCommand,
  },
  {
    name: 'access-groups',
    section: features,
    summary: 'KaseyaOne groups mapped to roles of a module',
    load: async () => (await import('./access-groups.ts')).accessGroupsCommand,
  },
  {
    name: 'posture',
    section: features,
    summary: 'hold every tenant to one file: check, apply, accept, report',
    load: async () => (await import('./posture.ts')).postureCommand,
  },
  {
    name: 'attest',
    section: features,
    summary: 'say what you did by hand, with a note or a file that shows it',
    load: async () => (await import('./attest.ts')).attestCommand,
  },
  {
    name: 'offboard',
    section: leavers,
    summary: 'end the access of people everywhere that is connected, and prove it',
    load: async () => (await import('./offboard.ts')).offboardCommand,
  },
  {
    name: 'schedule',
    section: leavers,
    summary: 'what has a date, or waits for an approval: look, hold, move, cancel',
    load: async () => (await import('./schedule.ts')).scheduleCommand,
  },
  {
    name: 'approve',
    summary: 'approve, or refuse, what somebody else asked for',
    section: leavers,
    load: async () => (await import('./approve.ts')).approveCommand,
  },
  {
    name: 'worker',
    section: leavers,
    summary: 'do what is due: offboardings that have a date',
    load: async () => (await import('./worker.ts')).workerCommand,
  },
  {
    name: 'people',
    section: leavers,
    summary: 'find people in all that is connected',
    load: async () => (await import('./people.ts')).peopleCommand,
  },
  {
    name: 'protect',
    section: leavers,
    summary: 'people whom nothing may touch: break-glass, sync and service accounts',
    load: async () => (await import('./protect.ts')).protectCommand,
  },
  {
    name: 'orphans',
    section: leavers,
    summary: 'who is still active in a system and gone, or disabled, in the authority',
    load: async () => (await import('./orphans.ts')).orphansCommand,
  },
  {
    name: 'runs',
    section: proof,
    summary: 'what was changed, and the proof of it; resume, verify, report, undo',
    load: async () => (await import('./runs.ts')).runsCommand,
  },
  {
    name: 'sandbox',
    section: more,
    summary: 'simulators of the systems on this machine',
    load: async () => (await import('./sandbox.ts')).sandboxCommand,
  },
  {
    name: 'demo',
    section: more,
    summary: 'the whole story in a minute, on the sandbox',
    load: async () => (await import('./demo.ts')).demoCommand,
  },
  {
    name: 'doctor',
    section: more,
    summary: 'check this machine and every connection',
    load: async () => (await import('./doctor.ts')).doctorCommand,
  },
  {
    name: 'config',
    section: more,
    summary: 'what you prefer: pager, colours, output, timeout, zone; where each value comes from',
    load: async () => (await import('./config.ts')).configCommand,
  },
  {
    name: 'alias',
    section: more,
    summary: 'words of your own for commands that you type often',
    load: async () => (await import('./alias.ts')).aliasCommand,
  },
  {
    name: 'completion',
    section: more,
    summary: 'completion script for your shell',
    load: async () => (await import('./completion.ts')).completionCommand,
  },
  {
    name: 'man',
    section: more,
    summary: 'a page of the manual, for man',
    load: async () => (await import('./man.ts')).manCommand,
  },
  {
    name: 'help',
    section: more,
    summary: 'help on a command, a topic or a system',
    load: async () => (await import('./help.ts')).helpCommand,
  },
]
