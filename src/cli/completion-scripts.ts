export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const
export type Shell = (typeof shells)[number]

/** Stands between a candidate and what it is: no tenant is called so, and a tab would not come through the screen. */
export const apart = '   '

/**
 * Each asks `k1ctl completion candidates -- WORDS` (zsh and fish `described`, which tells of each what it is, behind
 * `apart`), where the last word is the one at the cursor, as it was typed. A
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
  local -a lines found shown
  local line
  lines=("\${(@f)$(k1ctl completion described -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in "\${lines[@]}"; do
    [[ -n "$line" ]] || continue
    found+=("\${line%%${apart}*}")
    shown+=("$line")
  done
  (( \${#found} )) && compadd -l -d shown -a found || _files
}
if [ "$funcstack[1]" = "_k1ctl" ]; then _k1ctl "$@"; else compdef _k1ctl k1ctl; fi
`,
  fish: `complete -c k1ctl -f -a '(k1ctl completion described -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null | string replace "${apart}" \\t)'
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
