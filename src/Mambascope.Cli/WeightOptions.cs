using System.CommandLine;
using System.Globalization;
using Mambascope.Application;
using Mambascope.Models;

namespace Mambascope.Cli;

/// <summary>
/// What is said by hand where a model's files hold several sets of weights, or say less than is needed: --weights, --heads and --config.
/// </summary>
internal sealed class WeightOptions
{
    private const string HeadsKey = "num_attention_heads";

    private readonly Option<string?> weights = OptionKinds.Text(
        "--weights", "NAME",
        "Set of weights to take from a file that holds several, such as model_ema; info names them [default: the first]");

    private readonly Option<int?> heads = OptionKinds.Whole(
        "--heads", "N", "Heads of a transformer's attention, which the shapes of tensors cannot tell [default: config.json's]", 1);

    private readonly Option<string[]> config = new("--config")
    {
        Description =
            "A value in place of config.json's, or where there is none, such as class_token=first or model_type=falcon_mamba; repeat for "
                + "several",
        HelpName = "KEY=VALUE",
    };

    private readonly Option<bool> noLimit = NoLimit();

    /// <summary>All of them.</summary>
    internal IReadOnlyList<Option> All => [weights, heads, config, noLimit];

    /// <summary>Those that say what a model is.</summary>
    internal IReadOnlyList<Option> OfModel => [weights, heads, config];

    /// <summary>What was said.</summary>
    /// <exception cref="UsageException">A value of another form, or the same key twice.</exception>
    internal ModelChoices Read(Session session)
    {
        return new()
        {
            Weights = session.Arguments.GetValue(weights),
            Config = Config(session.Arguments.GetValue(config) ?? [], session.Arguments.GetValue(heads)),
            HasNoLimit = session.Arguments.GetResult(noLimit) is not null && session.Arguments.GetValue(noLimit),
        };
    }

    /// <summary>The option to try all the same.</summary>
    internal static Option<bool> NoLimit()
        => OptionKinds.Switch("--no-limit", "Try texts that by estimate need more memory than is free, or hours");

    /// <summary>Values by key from words KEY=VALUE, and the number of heads if it was said.</summary>
    /// <exception cref="UsageException">A value of another form, or the same key twice.</exception>
    internal static Dictionary<string, string> Config(IEnumerable<string> words, int? heads)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var word in words)
        {
            var at = word.IndexOf('=', StringComparison.Ordinal);
            if (at < 1 || !given.TryAdd(word[..at].Trim(), word[(at + 1)..].Trim()))
            {
                throw new UsageException(
                    $"--config {word}: {(at < 1 ? "expected KEY=VALUE, for example class_token=first" : "the key was given before")}");
            }
        }

        return heads is { } number && !given.TryAdd(HeadsKey, number.ToString(CultureInfo.InvariantCulture))
            ? throw new UsageException($"--heads and --config {HeadsKey} say the same thing: leave one of them out")
            : given;
    }

    /// <summary>Says what was chosen or assumed where the user might have meant something else.</summary>
    internal static void Announce(Session session, LoadedModel model)
    {
        if (ModelDescription.Choice(model) is { } choice)
        {
            session.Note($"weights of {model.Name}: {choice}");
        }

        if (ModelDescription.Assumptions(model) is { } assumed)
        {
            session.Note($"assumed of {model.Name}: {assumed}");
        }
    }
}
