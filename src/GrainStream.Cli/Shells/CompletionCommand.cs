using System.CommandLine;

namespace GrainStream.Cli.Shells;

/// <summary><c>completion</c>: prints what a shell needs to complete commands, options, topics and groups.</summary>
internal static class CompletionCommand
{
    // System.CommandLine answers [suggest:position] with what may stand there.
    private const string Bash =
        """
        _grainstream() {
            local IFS=$'\n'
            COMPREPLY=($(grainstream "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null))
        }
        complete -o default -F _grainstream grainstream
        """;

    private const string Zsh =
        """
        _grainstream() {
            local -a found
            found=("${(@f)$(grainstream "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            compadd -- "${found[@]}"
        }
        compdef _grainstream grainstream
        """;

    private const string Pwsh =
        """
        Register-ArgumentCompleter -Native -CommandName grainstream -ScriptBlock {
            param($word, $line, $position)
            grainstream "[suggest:$position]" "$line" | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }
        """;

    public static Command Create()
    {
        Argument<string> shell = new("shell") { Description = "bash, zsh or pwsh" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "pwsh");
        Command command = new("completion", "Print a script that makes a shell complete commands, topics and groups: eval \"$(grainstream completion bash)\"") { shell };
        command.SetAction(arguments => arguments.InvocationConfiguration.Output.WriteLine(arguments.GetRequiredValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Pwsh }));
        return command;
    }
}
