using System.CommandLine;
using System.CommandLine.Help;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Mambascope.Cli.Verbs;
using Mambascope.Cli.Verbs.Evaluate;

namespace Mambascope.Cli;

/// <summary>The whole tool as a function: arguments and two streams in, exit code out.</summary>
public static class CommandLineTool
{
    /// <summary>What the tool is called.</summary>
    internal const string Name = "mambascope";

    /// <summary>Runs one command line. Results go to <paramref name="output"/>, everything else to <paramref name="error"/>.</summary>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        var (root, isJson) = (Root(args), args.Contains(GlobalOptions.Json, StringComparer.Ordinal));
        // No response files: "@" is an ordinary first letter of a file name.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is null && parsed.Errors.Count > 0)
        {
            return Complain(error, isJson, Sentence(parsed), ExitCode.Usage);
        }

        return Guarded(error, isJson, () => Invoke(parsed, output, error));
    }

    private static int Invoke(ParseResult parsed, TextWriter output, TextWriter error)
    {
        var isOwnVerb = parsed.CommandResult.Command is Verb && parsed.Action == parsed.CommandResult.Command.Action;
        if (parsed.Errors.Count > 0 && (isOwnVerb || parsed.Action is System.CommandLine.Invocation.ParseErrorAction))
        {
            throw new UsageException(Sentence(parsed));
        }

        if (isOwnVerb)
        {
            ((Verb)parsed.CommandResult.Command).Execute(new(parsed, output, error));
            return ExitCode.Success;
        }

        // Help, version, completion: the parser's own actions.
        return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
    }

    [SuppressMessage(
        "Design",
        "CA1031:Do not catch general exception types",
        Justification = "The last line of defence: any defect becomes exit code 3 and a sentence.")]
    private static int Guarded(TextWriter error, bool isJson, Func<int> action)
    {
        try
        {
            return action();
        }
        catch (UsageException e)
        {
            return Complain(error, isJson, e.Message, ExitCode.Usage);
        }
        catch (BadInputException e)
        {
            return Complain(error, isJson, e.Message, ExitCode.BadInput, e);
        }
        catch (StoppedException e)
        {
            return Complain(error, isJson, e.Message, ExitCode.Interrupted);
        }
        catch (IOException e)
        {
            // Files say themselves what is wrong with them: what is left is the stream that results go to.
            return Complain(error, isJson, $"the results cannot be written: {e.Message.TrimEnd('.')}", ExitCode.BadInput, e);
        }
        catch (OutOfMemoryException)
        {
            return Complain(error, isJson, "the memory of this machine is not enough for this model and these options", ExitCode.BadInput);
        }
        catch (Exception e)
        {
            return Complain(
                error,
                isJson,
                $"a defect in mambascope, not in your input: {e.GetType().Name}: {e.Message}; please report it with the command line, the "
                    + "version (--version) and what MAMBASCOPE_DEBUG=1 prints",
                ExitCode.Internal,
                e);
        }
    }

    // Every verb, or only the one that is named: the options of the others need not be made to run it.
    private static RootCommand Root(string[] args)
    {
        var root = new RootCommand(
            "Opens up Mamba models: runs published checkpoints, shows their hidden attention, explains their decisions.");
        foreach (var option in GlobalOptions.Create())
        {
            root.Add(option);
        }

        foreach (var verb in VerbList.For(args))
        {
            root.Add(verb);
            foreach (var each in WithThoseBelow(verb))
            {
                each.SetAction(_ => ExitCode.Success); // replaced by Execute; present so that the parser knows the verb can be invoked
            }
        }

        var help = root.Options.OfType<HelpOption>().Single();
        var action = new HelpWithExamples((HelpAction)help.Action!);
        help.Action = action;
        root.Action = action;
        return root;
    }

    private static IEnumerable<Verb> WithThoseBelow(Verb verb) => verb.Subcommands.OfType<Verb>().SelectMany(WithThoseBelow).Prepend(verb);

    private static string ErrorDocument(string message, int exitCode) => new JsonObject
    {
        ["schema"] = Session.SchemaVersion,
        ["error"] = new JsonObject { ["exit_code"] = exitCode, ["kind"] = ExitCode.Kind(exitCode), ["message"] = message },
    }.ToJsonString(Session.Plain);

    private static string Sentence(ParseResult parsed)
    {
        // A word where a verb was expected.
        if (parsed.UnmatchedTokens is [var word, ..] && parsed.CommandResult.Command is { Subcommands.Count: > 0 } parent
            && ClosestNames.Hint(word, parent.Subcommands.Select(verb => verb.Name)) is { Length: > 0 } hint)
        {
            return $"there is no verb {Printable.Name(word)}{hint}; see {string.Join(' ', Path(parent).Prepend(Name))} --help";
        }

        if (parsed.UnmatchedTokens.FirstOrDefault(token => token.StartsWith("--", StringComparison.Ordinal)) is { } option)
        {
            return DidYouMean.Option(option, parsed.CommandResult.Command);
        }

        var command = string.Join(' ', Path(parsed.CommandResult.Command).Prepend(Name));
        return $"{parsed.Errors[0].Message.TrimEnd('.')}; see {command} --help";
    }

    // The verb, and the verbs it belongs to.
    private static IEnumerable<string> Path(Command command)
        => command is Verb ? command.Parents.OfType<Verb>().SelectMany(Path).Append(command.Name) : [];

    // For machines the same as one JSON object, the last line of stderr; stdout holds results only.
    private static int Complain(TextWriter error, bool isJson, string message, int exitCode, Exception? cause = null)
    {
        var line = message.ReplaceLineEndings(" ");
        error.WriteLine(isJson ? ErrorDocument(line, exitCode) : $"{Name}: {line}");
        if (cause is not null && Environment.GetEnvironmentVariable("MAMBASCOPE_DEBUG") == "1")
        {
            error.WriteLine(cause);
        }

        return exitCode;
    }
}
