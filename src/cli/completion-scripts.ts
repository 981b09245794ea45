export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const
export type Shell = (typeof shells)[number]

/**
 * Each asks `k1ctl completion candidates -- WORDS`, where the last word is the one at the cursor, as it was typed. A
 * candidate with a space in it is quoted by the script, for each shell has its own way.
 */
export const scripts: Record<Shell, string> = {
  // bash splits a word at = and :, and has to be given the part after it.
  bash: `_k1ctl() {
  local IFS=$'\\n' current=\${COMP_WORDS[COMP_CWORD]} i
  COMPREPLY=($(k1ctl completion candidates -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
  case $current in
    \\'* | \\"*) ;;
    *) for i in "\${!COMPREPLY[@]}"; do printf -v "COMPREPLY[$i]" '%q' "\${COMPREPLY[$i]}"; done ;;
  esac
}
complete -o default -F _k1ctl k1ctl
`,
  zsh: `#compdef k1ctl
_k1ctl() {
  local -a found
  found=("\${(@f)$(k1ctl completion candidates -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  [[ -n "\${found[1]}" ]] && compadd -a found || _files
}
if [ "$funcstack[1]" = "_k1ctl" ]; then _k1ctl "$@"; else compdef _k1ctl k1ctl; fi
`,
  fish: `complete -c k1ctl -f -a '(k1ctl completion candidates -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
`,
  powershell: `Register-ArgumentCompleter -Native -CommandName k1ctl -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($wordToComplete -eq '') { $words += '""' }
  k1ctl completion candidates -- @words 2>$null | ForEach-Object {
    $text = if ($_ -match "[\\s'&]") { "'" + $_.Replace("'", "''") + "'" } else { $_ }
    [System.Management.Automation.CompletionResult]::new($text, $_, 'ParameterValue', $_)
  }
}
`,
}
