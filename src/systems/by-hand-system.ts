import { K1Error } from '../core/errors.ts'
import { featureKeys, featureTitles } from '../core/features.ts'
import type { FeatureAbout, System } from '../core/system.ts'
import type { OtherModule } from './other-modules.ts'

/** A module that nothing reaches, as a system: its features are goals that a person brings about and attests. */
export function byHandSystem(module: OtherModule): System {
  const { id, title } = module
  return {
    about: {
      id,
      title,
      aliases: [],
      reach: 'by-hand',
      settings: [],
      features: featureKeys.map(feature => featureOf(module, feature)),
      isModule: true,
      people: 'by hand',
      contract: false,
    },
    async open() {
      throw new K1Error('refused', `${title} publishes no API for Unified Login: it is set by hand.`)
    },
  }
}

function featureOf({ title, place, seen }: OtherModule, feature: FeatureAbout['feature']): FeatureAbout {
  const note = seen[feature]
  const base = { feature, title: featureTitles[feature], read: 'by-hand', write: 'by-hand', rights: '' } as const
  if (note === undefined) return { ...base, supported: false, steps: [], note: `not seen in ${title}'s help pages` }
  return {
    ...base,
    supported: true,
    steps: [
      `Log in to ${title} as an administrator.`,
      ...(place ? [`Open ${place}.`] : []),
      `Turn {state} ${featureTitles[feature]}${note ? ` (${note})` : ''}, and save.`,
      'Reload the page and check that it is {state}.',
    ],
    ...(note ? { note } : {}),
  }
}
