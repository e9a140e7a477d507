using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Mambascope.Cli;

/// <summary>The usual help text, followed by a verb's examples.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    private const int WidthOfFiles = 110;
    private const int Narrowest = 60;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        // The parser knows the program by its file's name, people by another.
        var output = parseResult.InvocationConfiguration.Output;
        using var usual = new StringWriter();
        parseResult.InvocationConfiguration.Output = usual;
        help.MaxWidth = Console.IsOutputRedirected ? WidthOfFiles : Math.Max(Narrowest, Console.WindowWidth);
        var result = help.Invoke(parseResult);
        output.Write(usual.ToString().Replace(RootCommand.ExecutableName, CommandLineTool.Name, StringComparison.Ordinal));

        var command = parseResult.CommandResult.Command;
        var examples = command is Verb verb ? verb.Examples : [.. command.Subcommands.OfType<Verb>().Select(each => each.Examples[0])];
        if (command is Verb { Remarks: { } remarks })
        {
            output.WriteLine(remarks);
            output.WriteLine();
        }

        output.WriteLine("Examples:");
        foreach (var (line, does) in examples)
        {
            output.WriteLine($"  {line}");
            output.WriteLine($"      {does}");
        }

        return result;
    }
}
