using System.CommandLine;
using Mambascope.Models;

namespace Mambascope.Cli;

/// <summary>How generated tokens are chosen: the options of every verb that continues a text.</summary>
internal sealed class SamplingChoice
{
    private readonly Option<double?> temperature = OptionKinds.Share(
        "--temperature",
        "T",
        "Of --generate: 0 takes the most likely token, above it one is drawn, the higher the wilder [default: 0; 1 with --top-k, --top-p "
            + "or --seed]");
    private readonly Option<int?> topK = OptionKinds.Whole("--top-k", "K", "Of --generate: draw from the K most likely tokens only", 1);
    private readonly Option<double?> topP = OptionKinds.Share(
        "--top-p", "P", "Of --generate: draw from the fewest tokens that are together as likely as P, at most 1");
    private readonly Option<int?> seed = OptionKinds.Whole(
        "--seed", "N", "Of --generate: seed of the draws; equal seeds give equal text [default: 0]");

    internal SamplingChoice(Command verb)
    {
        foreach (var option in All)
        {
            verb.Add(option);
        }
    }

    /// <summary>The options.</summary>
    internal IReadOnlyList<Option> All => [temperature, topK, topP, seed];

    /// <summary>The first of them that was given; null when none was.</summary>
    internal Option? Given(Session session) => All.FirstOrDefault(option => session.Arguments.GetResult(option) is not null);

    /// <summary>What was chosen.</summary>
    /// <exception cref="UsageException">No share.</exception>
    internal SamplingOptions Read(Session session)
    {
        var arguments = session.Arguments;
        if (arguments.GetValue(topP) is { } p and (0 or > 1))
        {
            throw new UsageException($"--top-p {p}: expected a number above 0 and at most 1");
        }

        var draws = All.Skip(1).Any(option => arguments.GetResult(option) is not null);
        return new()
        {
            Temperature = arguments.GetValue(temperature) ?? (draws ? 1 : 0),
            TopK = arguments.GetValue(topK),
            TopP = arguments.GetValue(topP),
            Seed = arguments.GetValue(seed) ?? 0,
        };
    }
}
