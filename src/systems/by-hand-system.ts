import { K1Error } from '../core/errors.ts'
import { featureKeys, featureTitles } from '../core/features.ts'
import type { FeatureAbout, System } from '../core/system.ts'
import type { OtherModule, SeenFeature } from './other-module.ts'

/** A module that nothing reaches, as a system: its features are goals that a person brings about and attests. */
export function byHandSystem(module: OtherModule): System {
  const { id, title } = module
  const features = featureKeys.map(feature => featureOf(module, feature))
  return {
    page: async () => pageOf(module, features),
    about: {
      id,
      title,
      aliases: [],
      reach: 'by-hand',
      settings: [],
      features,
      isModule: true,
      people: 'by hand',
      contract: false,
    },
    async open() {
      throw new K1Error('refused', `${title} publishes no API for Unified Login: it is set by hand.`)
    },
  }
}

function pageOf({ title }: OtherModule, features: readonly FeatureAbout[]): string {
  const parts = features
    .filter(({ supported }) => supported)
    .map(({ title: name, steps, note, page }) => {
      const list = steps.map((step, i) => `${i + 1}. ${step.replaceAll('{state}', 'on')}`)
      return [`## ${name}`, '', ...list, ...(note ? ['', note] : []), ...(page ? ['', page] : []), ''].join('\n')
    })
  return `# ${title}\n\n${title} publishes no API for Unified Login: a person sets it, and attests it (k1ctl attest).\n\n${parts.join('\n')}`
}

function featureOf(module: OtherModule, feature: FeatureAbout['feature']): FeatureAbout {
  const seen = module.seen[feature]
  const base = { feature, read: 'by-hand', write: 'by-hand', rights: module.rights ?? '' } as const
  if (!seen) {
    const note = `not seen in ${module.title}'s help pages`
    return { ...base, title: featureTitles[feature], supported: false, steps: [], note }
  }
  const page = seen.page ?? module.page
  const note = [seen.remark, feature === 'log-in' ? module.note : undefined].filter(Boolean).join(' ')
  return {
    ...base,
    title: seen.title,
    supported: true,
    steps: stepsOf(module, feature, seen),
    ...(note === '' ? {} : { note }),
    ...(page === undefined ? {} : { page }),
  }
}

function stepsOf({ title, place, rights, exceptions }: OtherModule, feature: string, seen: SeenFeature): string[] {
  const isRequire = feature === 'require-log-in'
  return [
    `Log in to ${title}${rights ? `. ${rights} can do it` : ' as an administrator'}.`,
    ...(place ? [`Open ${place}.`] : []),
    ...(seen.steps ?? [`Turn {state} ${seen.title}.`]),
    ...(isRequire && exceptions && !seen.steps ? [`Choose the exceptions: ${exceptions}.`] : []),
    ...(feature === 'log-in'
      ? [
          'If the KaseyaOne page opens: enter username and company name, then the password, then the 2FA code or the push.',
        ]
      : []),
    ...(seen.remark && isRequire ? [seen.remark] : []),
    'Save where there is something to save, reload the page, and check that it is {state}.',
  ]
}
