import { dattoModules } from './datto-modules.ts'
import { logInSeen, type OtherModule, requireLogInSeen } from './other-module.ts'

const groupRemoval = 'Whoever loses the access group loses the account here.'
/** Of several modules: KaseyaOne's own page on Require Log In. */
const requirePage = 'https://help.one.kaseya.com/help-wip/Content/1_Configuration/enable-require-login-with-K1.htm'
const vonahi = 'https://help.vonahi.kaseya.com/help/Content/5-Integrations/KaseyaOne%20Unified%20Login'
const myItProcess = 'https://help.myitprocess.kaseya.com/help/Content/setup-admin'

/** From the modules' own help pages, as they were on 2026-11-29; what they do not say is left out. */
export const otherModules: readonly OtherModule[] = [
  ...dattoModules,
  {
    id: 'autotask',
    title: 'Autotask',
    place: 'Admin > Extensions & Integrations > Kaseya Integrations > KaseyaOne',
    page: 'https://ww15.autotask.net/help/content/4_Admin/5ExtensionsIntegrations/Kaseya/Kaseya_One_Integration.htm',
    rights: 'Somebody whose security level may configure Kaseya Integrations, and who is an Admin in KaseyaOne',
    seen: {
      'log-in': {
        title: 'Unified Login',
        remark:
          'Dashboard, Co-Managed Help Desk and Contractor licences cannot use it, and LiveMobile users can no longer log in.',
      },
      'require-log-in': { title: 'Require Login with KaseyaOne', page: requirePage },
      'user-creation': {
        title: 'Automatic User Provisioning',
        steps: [
          'Turn {state} Enable Automatic User Creation.',
          'When turning it on, choose a default for each required field; a low one as Security Level.',
        ],
        remark: 'a default for each field',
      },
      'access-groups': { title: 'Access Groups' },
    },
    exceptions: 'users, with the URL that excepted people use',
  },
  {
    id: 'it-glue',
    title: 'IT Glue',
    place: 'Account > Settings > Authentication',
    page: 'https://help.itglue.kaseya.com/help/Content/1-admin/user-authentication/enforced-sso-access-control.html',
    rights: 'An Administrator of IT Glue',
    seen: {
      'log-in': logInSeen,
      'require-log-in': {
        title: 'Enforce SSO Logins',
        steps: ['In the SAML or JWT settings, turn {state} Enforce SSO Logins.', 'Choose who may override it.'],
        remark:
          'Its own "Enforced SSO", only together with SAML or JWT. Who overrides it needs the special links, in the web app.',
      },
    },
    exceptions: 'override users',
  },
  {
    id: 'vsa-10',
    title: 'VSA 10',
    place: 'Administration > Configuration > Settings > Log In with KaseyaOne',
    page: 'https://help.vsa10.kaseya.com/help/Content/2-Administration/configuration/kaseyaone-unified-login.htm',
    rights: 'A member of the team Administrators, who is an Admin in KaseyaOne with the same e-mail address',
    seen: {
      'log-in': {
        title: 'Enable Log In with KaseyaOne',
        steps: ['Click Enable Log In with KaseyaOne, or Disable Log In with KaseyaOne: turn it {state}.'],
        remark: 'Disabling it logs you out.',
      },
    },
  },
  {
    id: 'vsa-9',
    title: 'VSA 9',
    page: 'https://help.kaseya.com/webhelp/en/vsa/9050000/522.htm',
    rights: 'A VSA administrator with the role Master or System',
    seen: {
      'log-in': {
        title: 'IT Complete Single Sign-On',
        steps: [
          'On the page Logon Policy, in the section on IT Complete Single Sign-On, turn {state} the mapping of the VSA organization to the KaseyaOne company.',
          'Each user then maps their own account.',
        ],
        remark: 'From release 9.5.11b on.',
      },
    },
  },
  {
    id: 'rocketcyber',
    title: 'RocketCyber',
    place: 'Provider Settings, at the Provider level',
    page: 'https://help.rocketcyber.kaseya.com/help/Content/general/configure-single-sign-on-with-kaseyaone.html',
    rights: 'A user with the role Owner, who has a KaseyaOne account',
    seen: {
      'log-in': {
        title: 'Allow users to authenticate with KaseyaOne',
        remark: 'Each user maps their account once, with their RocketCyber password.',
      },
      'user-creation': { title: 'Automatic User Creation' },
    },
  },
  {
    id: 'uniview',
    title: 'UniView',
    page: 'https://help.unitrends.kaseya.com/uniview-help/Content/MSP/K1-int-procs.htm',
    rights: 'A Superuser: nobody else may change integrations',
    seen: {
      'log-in': {
        title: 'Enable Login with KaseyaOne',
        remark: 'Disabling it keeps all user mappings. It can be set from KaseyaOne as well.',
      },
      'require-log-in': { title: 'Require Login with KaseyaOne' },
      'user-creation': { title: 'Automatic User Creation' },
      'access-groups': { title: 'Access Groups', remark: 'KaseyaOne groups are assigned to groups of UniView.' },
      deprovisioning: { title: 'Automatic User Deprovisioning' },
    },
  },
  {
    id: 'vpentest',
    title: 'vPenTest',
    place: 'Global Settings > KaseyaOne',
    page: `${vonahi}/automatic-user-creation.htm`,
    rights: 'An Admin or the primary point of contact in vPenTest, who is an Admin in KaseyaOne',
    seen: {
      'log-in': logInSeen,
      'require-log-in': requireLogInSeen,
      'user-creation': {
        title: 'Enable Automatic User Creation',
        remark: 'New accounts get the role that is shown; older accounts stay as they are.',
      },
      'access-groups': {
        title: 'Access Groups',
        remark: groupRemoval,
        page: `${vonahi}/automatic-user-deprovisioning.htm`,
      },
      deprovisioning: {
        title: 'Enable Automatic User Deprovisioning',
        remark: 'Disables where deleting is not possible.',
        page: `${vonahi}/automatic-user-deprovisioning.htm`,
      },
    },
    exceptions: 'users',
  },
  {
    id: 'bullphish-id',
    title: 'BullPhish ID',
    place: 'Settings > KaseyaOne',
    page: requirePage,
    rights: 'A partner administrator in BullPhish ID and in KaseyaOne, with the same e-mail address',
    seen: {
      'log-in': logInSeen,
      'require-log-in': {
        title: 'Require Log In with KaseyaOne',
        steps: [
          'Turn {state} Require Log In with KaseyaOne.',
          'When turning it on, choose under User Exceptions who is exempt.',
        ],
      },
      'user-creation': { title: 'Automatic User Creation', remark: 'Needs one default access role.' },
      deprovisioning: {
        title: 'Enable Automatic User Deprovisioning',
        remark: 'Deactivates, never deletes.',
      },
    },
    exceptions: 'users',
    note: 'Its settings also apply to Dark Web ID where a customer has both.',
  },
  {
    id: 'dark-web-id',
    title: 'Dark Web ID',
    place: 'My Account > Organization Settings > KaseyaOne',
    page: 'https://help.darkwebid.kaseya.com/help/Content/darkweb-id/set-up-automatic-user-creation-for-darkweb-id.html',
    rights: 'A partner administrator in Dark Web ID, who is an Admin in KaseyaOne',
    seen: {
      'log-in': {
        title: 'Enable Log In With KaseyaOne',
        steps: ['On the KaseyaOne tab, turn {state} Enable Log In With KaseyaOne.'],
      },
      'require-log-in': {
        title: 'Require Log In With KaseyaOne',
        steps: [
          'Turn {state} Require Log In With KaseyaOne.',
          'When turning it on, choose under User Overrides who may still log in locally; an account that calls its API is one of them.',
        ],
        page: 'https://helpdesk.kaseya.com/hc/en-gb/articles/20787810446353-Enabling-Require-Log-In-with-KaseyaOne',
      },
      'user-creation': { title: 'Automatic User Creation', remark: 'Needs one default access role.' },
    },
    exceptions: 'called "User Overrides"; they are kept when Require Log In is turned off',
  },
  {
    id: 'myitprocess',
    title: 'myITprocess',
    place: 'My Account > Account Settings > KaseyaOne',
    page: `${myItProcess}/Enabling-automatic-user-creation.htm`,
    rights: 'An administrator in myITprocess and in KaseyaOne, with the same e-mail address',
    seen: {
      'log-in': logInSeen,
      'user-creation': {
        title: 'Enable Automatic User Provisioning',
        remark:
          'The role follows from that in KaseyaOne: an Admin becomes IT Provider Admin, Billing and User become vCIO.',
      },
      'access-groups': {
        title: 'Access Groups',
        remark: groupRemoval,
        page: `${myItProcess}/Enabling-Automatic-User-Deprovisioning.htm`,
      },
      deprovisioning: {
        title: 'Enable Automatic User Deprovisioning',
        page: `${myItProcess}/Enabling-Automatic-User-Deprovisioning.htm`,
      },
    },
  },
  {
    id: 'saas-alerts',
    title: 'SaaS Alerts',
    place: 'Settings > Users, section Single Sign-On',
    page: 'https://help.saasalerts.kaseya.com/help/Content/Home/set-up-automatic-user-creation.htm',
    rights: 'A SaaS Alerts administrator',
    seen: {
      'log-in': { title: 'Allow Users to Login with KaseyaOne' },
      'user-creation': { title: 'Enable Automatic User Creation', remark: 'Gives no role: look at each new account.' },
    },
  },
  {
    id: 'kaseya-siem',
    title: 'Kaseya SIEM',
    place: 'Settings > Users',
    page: 'https://help.siem.kaseya.com/help/Content/administration-and-configuration/setting-up-user-automatic-creation.htm',
    rights: 'An MSP Admin of Kaseya SIEM',
    seen: {
      'log-in': { title: 'Unified Login with KaseyaOne' },
      'user-creation': { title: 'Automatic User Creation', remark: 'Gives no role and no group access: assign them.' },
    },
  },
]
