using System.CommandLine;

namespace Mambascope.Cli.Verbs;

/// <summary>Scripts that let a shell complete mambascope's command lines by asking the program itself.</summary>
internal sealed class CompletionVerb : Verb
{
    // The parser answers "mambascope [suggest:POSITION] LINE" with one completion a line; files are left to the shell.
    private const string Bash = """
        # mambascope completion for bash; add to ~/.bashrc:  eval "$(mambascope completion bash)"
        _mambascope() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(mambascope "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _mambascope mambascope
        """;

    private const string Zsh = """
        # mambascope completion for zsh; add to ~/.zshrc:  eval "$(mambascope completion zsh)"
        _mambascope() {
            local -a found
            found=("${(@f)$(mambascope "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            (( ${#found[1]} )) && compadd -a found
            _files
        }
        compdef _mambascope mambascope
        """;

    private const string PowerShell = """
        # mambascope completion for PowerShell; add to $PROFILE:  mambascope completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName mambascope -ScriptBlock {
            param($wordToComplete, $commandAst, $cursorPosition)
            mambascope "[suggest:$cursorPosition]" "$commandAst" 2>$null | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }
        """;

    private readonly Argument<string> shell = new("SHELL") { Description = "bash, zsh or pwsh", HelpName = "SHELL" };

    internal CompletionVerb() : base("completion", "Prints a script that completes command lines in your shell")
    {
        shell.CompletionSources.Add("bash", "zsh", "pwsh");
        Add(shell);
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        ("eval \"$(mambascope completion bash)\"", "complete in this shell; put the line in ~/.bashrc to keep it"),
        ("mambascope completion pwsh | Out-String | Invoke-Expression", "the same in PowerShell"),
    ];

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
        var name = session.Arguments.GetValue(shell);
        session.Out.WriteLine(name switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            "pwsh" or "powershell" => PowerShell,
            _ => throw new UsageException($"completion {name}: expected one of bash, zsh, pwsh"),
        });
    }
}
