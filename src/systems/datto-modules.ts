import { logInSeen, type OtherModule, requireLogInSeen } from './other-module.ts'

/** Datto's, from their own help pages, as they were on 2026-11-29; what they do not say is left out. */
export const dattoModules: readonly OtherModule[] = [
  {
    id: 'datto-rmm',
    title: 'Datto RMM',
    place: 'Setup > Integrations > KaseyaOne',
    page: 'https://rmm.datto.com/help/de/Content/3NEWUI/Setup/Integrations/KaseyaOneUnifiedLogin.htm',
    rights: 'Somebody with the security level Administrator, in a KaseyaOne group that has the module Datto RMM',
    seen: {
      'log-in': { title: 'Unified Login', steps: ['In the section Unified Login, click Turn On (or Turn Off).'] },
      'require-log-in': requireLogInSeen,
      'user-creation': { title: 'Automatic User Creation' },
      'access-groups': { title: 'Access Groups' },
    },
    note: 'Several people with one e-mail address log in as the alphabetically first username.',
  },
  {
    id: 'datto-edr',
    title: 'Datto EDR',
    place: 'Admin > Settings > KaseyaOne',
    page: 'https://edr.datto.com/help/Content/1-start/Integrating_with_KaseyaOne.htm',
    rights: 'An administrator in Datto EDR and in KaseyaOne, with the same e-mail address',
    seen: {
      'log-in': logInSeen,
      'require-log-in': requireLogInSeen,
      'access-groups': { title: 'Enable Access Groups' },
    },
    exceptions: 'users',
  },
  {
    id: 'datto-workplace',
    title: 'Datto Workplace',
    place: 'Settings > Integration Center > KaseyaOne',
    page: 'https://help.workplace.datto.com/managerhelp-wip/Content/9_INTEGRATIONS/KaseyaOneUnifiedLogin.htm',
    seen: integrationCenter('Enable Log In with KaseyaOne'),
    exceptions: 'users',
  },
  {
    id: 'datto-file-protection',
    title: 'Datto File Protection',
    place: 'Settings > Integration Center > KaseyaOne',
    page: 'https://help.fileprotection.datto.com/help/Content/9_INTEGRATIONS/KaseyaOneUnifiedLogin.htm',
    seen: integrationCenter('Enable Login with IT Complete'),
    exceptions: 'users',
  },
]

/** Workplace and File Protection share one console. */
function integrationCenter(title: string): OtherModule['seen'] {
  return {
    'log-in': {
      title,
      steps: [`On the tab Explore Integrations, click Connect on the card KaseyaOne; turn {state} ${title} and save.`],
    },
    'require-log-in': {
      title: 'Require User Login with KaseyaOne',
      steps: [
        'On the tab Active Integrations, open the settings of KaseyaOne and turn {state} Require User Login with KaseyaOne.',
        'When turning it on, add who may still log in with a password under User Exceptions.',
      ],
    },
  }
}
