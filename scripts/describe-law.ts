import { portalLayers, workspaceImports } from '../test/law/law.ts'

/** The import law in words, for ARCHITECTURE.md. */
export function describeLaw(): string {
  const layers = portalLayers.map(({ parts }, level) => `${level + 1}. ${parts.map((part) => `\`${part}\``).join(', ')}`)
  const workspaces = Object.entries(workspaceImports).map(
    ([name, allowed]) =>
      `- \`${name}\` imports ${allowed.length > 0 ? `only ${allowed.map((each) => `\`${each}\``).join(', ')}` : 'nothing'} of ours.`,
  )
  return ['Layers of `portal/src`, lowest first:', '', ...layers, '', 'Workspaces:', '', ...workspaces].join('\n')
}
