using System.Globalization;
using System.Text.RegularExpressions;
using Mambascope.Attention;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>One of the <see cref="AttributionOptions"/>, by name: what a method declares that it reads.</summary>
public sealed partial class AttributionOption
{
    private static readonly AttributionOptions standard = new();
    private static readonly MixerKind[] kinds = [MixerKind.Scan, MixerKind.Softmax];

    private readonly Func<AttributionOptions, object?> read;
    private readonly Func<AttributionOptions, AttributionOptions> reset;
    private readonly Func<AttributionOptions, string, AttributionOptions?> with;

    private AttributionOption(
        string name,
        string description,
        Func<AttributionOptions, object?> read,
        Func<AttributionOptions, AttributionOptions> reset,
        Func<AttributionOptions, string, AttributionOptions?> with,
        params IReadOnlyList<string> aliases)
        => (Name, Description, this.read, this.reset, this.with, Aliases) = (name, description, read, reset, with, aliases);

    /// <summary>As on the command line, without dashes in front.</summary>
    public string Name { get; }

    /// <summary>What other libraries call it (Captum's and timm's words).</summary>
    public IReadOnlyList<string> Aliases { get; }

    /// <summary>One line: what it changes.</summary>
    public string Description { get; }

    /// <summary>Form of the paper's methods.</summary>
    public static AttributionOption Mode { get; } = new(
        "mode", "form: the exact mixer, the paper's equations, or the released code",
        o => o.Mode, o => o with { Mode = standard.Mode },
        (o, word) => Word<AttributionMode>(word) is { } value ? o with { Mode = value } : null);

    /// <summary>Mixers of one kind in a hybrid.</summary>
    public static AttributionOption Kind { get; } = new(
        "kind", "of a hybrid, the mixers of one kind alone: scan or attention",
        o => o.Kind, o => o with { Kind = standard.Kind },
        (o, word) => kinds.FirstOrDefault(kind => kind.Name == word) is { } value ? o with { Kind = value } : null);

    /// <summary>First layer that takes part.</summary>
    public static AttributionOption StartLayer { get; } = new(
        "start-layer", "first layer that takes part",
        o => o.StartLayer, o => o with { StartLayer = standard.StartLayer },
        (o, word) => Whole(word, least: 0) is { } value ? o with { StartLayer = value } : null);

    /// <summary>The stage that takes part alone.</summary>
    public static AttributionOption Stage { get; } = new(
        "stage", "the one stage that takes part, on its own grid",
        o => o.Stage, o => o with { Stage = standard.Stage },
        (o, word) => Whole(word, least: 0) is { } value ? o with { Stage = value } : null);

    /// <summary>How channels become one.</summary>
    public static AttributionOption Reduction { get; } = new(
        "reduce", "how channels become one",
        o => o.Reduction, o => o with { Reduction = standard.Reduction },
        (o, word) => Word<ChannelReduction>(word) is { } value ? o with { Reduction = value } : null, "reduction");

    /// <summary>Sign rule.</summary>
    public static AttributionOption Sign { get; } = new(
        "sign", "what is done to the sign of attention",
        o => o.Sign, o => o with { Sign = standard.Sign },
        (o, word) => Word<SignRule>(word) is { } value ? o with { Sign = value } : null);

    /// <summary>Row scaling of rollout products.</summary>
    public static AttributionOption RowNormalisation { get; } = new(
        "row-norm", "scaling of rows before layers are multiplied",
        o => o.RowNormalisation, o => o with { RowNormalisation = standard.RowNormalisation },
        (o, word) => Word<RowNormalisation>(word) is { } value ? o with { RowNormalisation = value } : null);

    /// <summary>Weight of the identity in rollout products.</summary>
    public static AttributionOption ResidualWeight { get; } = new(
        "residual", "weight of the residual stream against the mixer",
        o => o.ResidualWeight, o => o with { ResidualWeight = standard.ResidualWeight },
        (o, word) => Share(word) is { } value ? o with { ResidualWeight = value } : null);

    /// <summary>Relevance rules for transformers.</summary>
    public static AttributionOption LrpVariant { get; } = new(
        "lrp-variant", "relevance rules: with rescaled residual sums, or without",
        o => o.LrpVariant, o => o with { LrpVariant = standard.LrpVariant },
        (o, word) => Word<LrpVariant>(word) is { } value ? o with { LrpVariant = value } : null);

    /// <summary>Steps of integrated gradients.</summary>
    public static AttributionOption Steps { get; } = new(
        "steps", "steps of the path, in place of as many as it takes until the map adds up",
        o => o.Steps, o => o with { Steps = standard.Steps },
        (o, word) => Whole(word, least: 1) is { } value ? o with { Steps = value } : null, "n_steps");

    /// <summary>Samples of SmoothGrad.</summary>
    public static AttributionOption Samples { get; } = new(
        "samples", "noisy copies",
        o => o.Samples, o => o with { Samples = standard.Samples },
        (o, word) => Whole(word, least: 1) is { } value ? o with { Samples = value } : null, "nt_samples");

    /// <summary>SmoothGrad's noise.</summary>
    public static AttributionOption Noise { get; } = new(
        "noise", "noise, as a share of the input's range",
        o => o.Noise, o => o with { Noise = standard.Noise },
        (o, word) => Share(word) is { } value ? o with { Noise = value } : null, "stdevs");

    /// <summary>Seed of what is drawn.</summary>
    public static AttributionOption Seed { get; } = new(
        "seed", "seed of what is drawn",
        o => o.Seed, o => o with { Seed = standard.Seed },
        (o, word) => Whole(word, int.MinValue) is { } value ? o with { Seed = value } : null);

    /// <summary>What the input is compared with.</summary>
    public static AttributionOption Reference { get; } = new(
        "reference", "what the input is compared with: nothing, the picture's mean patch, the text's mean token",
        o => o.Reference, o => o with { Reference = standard.Reference },
        (o, word) => Word<InputReference>(word) is { } value ? o with { Reference = value } : null);

    /// <summary>The most forward passes.</summary>
    public static AttributionOption Budget { get; } = new(
        "budget", "most forward passes",
        o => o.Budget, o => o with { Budget = standard.Budget },
        (o, word) => Whole(word, least: 1) is { } value ? o with { Budget = value } : null, "n_samples");

    /// <summary>Size of what is removed as one.</summary>
    public static AttributionOption Segment { get; } = new(
        "segment", "side, in patches, of the squares that are removed as one; of a text, tokens",
        o => o.Segment, o => o with { Segment = standard.Segment },
        (o, word) => Whole(word, least: 1) is { } value ? o with { Segment = value } : null);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<AttributionOption> All { get; } =
    [
        Mode, StartLayer, Stage, Reduction, Sign, RowNormalisation, ResidualWeight, Kind, LrpVariant, Reference, Steps, Samples, Noise,
        Seed, Budget, Segment,
    ];

    /// <summary>The option of that name or alias; null where there is none.</summary>
    public static AttributionOption? Find(string name)
        => All.FirstOrDefault(option => option.Name == name || option.Aliases.Contains(name, StringComparer.Ordinal));

    /// <summary>Whether the options have another value of this one than the standard.</summary>
    public bool IsSet(AttributionOptions options) => !Equals(read(options), read(standard));

    /// <summary>The options with this one read from a word, as on the command line.</summary>
    /// <exception cref="BadInputException">The word is none of its values.</exception>
    public AttributionOptions With(AttributionOptions options, string word)
        => with(options, word) ?? throw new BadInputException($"option {Name} has no value '{word}': {Description}");

    /// <summary>Its value as a word, as on the command line; empty where it has none.</summary>
    public string Word(AttributionOptions options)
        => read(options) switch
        {
            null => "",
            Enum value => Kebab(value),
            MixerKind kind => kind.Name,
            var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };

    /// <summary>The options with the standard value of this one.</summary>
    internal AttributionOptions Reset(AttributionOptions options) => reset(options);

    // "picture-mean" is PictureMean.
    private static T? Word<T>(string word)
        where T : struct, Enum
        => Enum.GetValues<T>().Cast<T?>().FirstOrDefault(value => Kebab(value!.Value).Equals(word, StringComparison.OrdinalIgnoreCase));

    private static string Kebab(Enum value) => Capital().Replace(value.ToString(), "-$0").ToLowerInvariant();

    private static int? Whole(string word, int least)
        => int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least ? value : null;

    private static double? Share(string word)
        => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) && value >= 0
            ? value
            : null;

    [GeneratedRegex("(?<=.)[A-Z]", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Capital();
}
