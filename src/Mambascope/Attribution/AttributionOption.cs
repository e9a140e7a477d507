namespace Mambascope.Attribution;

/// <summary>One of the <see cref="AttributionOptions"/>, by name: what a method declares that it reads.</summary>
public sealed class AttributionOption
{
    private static readonly AttributionOptions standard = new();

    private readonly Func<AttributionOptions, object?> read;
    private readonly Func<AttributionOptions, AttributionOptions> reset;

    private AttributionOption(
        string name,
        string description,
        Func<AttributionOptions, object?> read,
        Func<AttributionOptions, AttributionOptions> reset,
        params IReadOnlyList<string> aliases)
        => (Name, Description, this.read, this.reset, Aliases) = (name, description, read, reset, aliases);

    /// <summary>As on the command line, without dashes in front.</summary>
    public string Name { get; }

    /// <summary>What other libraries call it (Captum's and timm's words).</summary>
    public IReadOnlyList<string> Aliases { get; }

    /// <summary>One line: what it changes.</summary>
    public string Description { get; }

    /// <summary>Form of the paper's methods.</summary>
    public static AttributionOption Mode { get; } = new(
        "mode", "form: the exact mixer, the paper's equations, or the released code",
        o => o.Mode, o => o with { Mode = standard.Mode });

    /// <summary>First layer that takes part.</summary>
    public static AttributionOption StartLayer { get; } = new(
        "start-layer", "first layer that takes part",
        o => o.StartLayer, o => o with { StartLayer = standard.StartLayer });

    /// <summary>The stage that takes part alone.</summary>
    public static AttributionOption Stage { get; } = new(
        "stage", "the one stage that takes part, on its own grid",
        o => o.Stage, o => o with { Stage = standard.Stage });

    /// <summary>How channels become one.</summary>
    public static AttributionOption Reduction { get; } = new(
        "reduce", "how channels become one",
        o => o.Reduction, o => o with { Reduction = standard.Reduction });

    /// <summary>Sign rule.</summary>
    public static AttributionOption Sign { get; } = new(
        "sign", "what is done to the sign of attention",
        o => o.Sign, o => o with { Sign = standard.Sign });

    /// <summary>Row scaling of rollout products.</summary>
    public static AttributionOption RowNormalisation { get; } = new(
        "row-norm", "scaling of rows before layers are multiplied",
        o => o.RowNormalisation, o => o with { RowNormalisation = standard.RowNormalisation });

    /// <summary>Weight of the identity in rollout products.</summary>
    public static AttributionOption ResidualWeight { get; } = new(
        "residual", "weight of the residual stream against the mixer",
        o => o.ResidualWeight, o => o with { ResidualWeight = standard.ResidualWeight });

    /// <summary>Relevance rules for transformers.</summary>
    public static AttributionOption LrpVariant { get; } = new(
        "lrp-variant", "relevance rules: with rescaled residual sums, or without",
        o => o.LrpVariant, o => o with { LrpVariant = standard.LrpVariant });

    /// <summary>Steps of integrated gradients.</summary>
    public static AttributionOption Steps { get; } = new(
        "steps", "steps of the path",
        o => o.Steps, o => o with { Steps = standard.Steps }, "n_steps");

    /// <summary>Samples of SmoothGrad.</summary>
    public static AttributionOption Samples { get; } = new(
        "samples", "noisy copies",
        o => o.Samples, o => o with { Samples = standard.Samples }, "nt_samples");

    /// <summary>SmoothGrad's noise.</summary>
    public static AttributionOption Noise { get; } = new(
        "noise", "noise, as a share of the input's range",
        o => o.Noise, o => o with { Noise = standard.Noise }, "stdevs");

    /// <summary>Seed of SmoothGrad's noise.</summary>
    public static AttributionOption Seed { get; } = new(
        "seed", "seed of the noise",
        o => o.Seed, o => o with { Seed = standard.Seed });

    /// <summary>All of them.</summary>
    public static IReadOnlyList<AttributionOption> All { get; } =
        [Mode, StartLayer, Stage, Reduction, Sign, RowNormalisation, ResidualWeight, LrpVariant, Steps, Samples, Noise, Seed];

    /// <summary>The option of that name or alias; null where there is none.</summary>
    public static AttributionOption? Find(string name)
        => All.FirstOrDefault(option => option.Name == name || option.Aliases.Contains(name, StringComparer.Ordinal));

    /// <summary>Whether the options have another value of this one than the standard.</summary>
    public bool IsSet(AttributionOptions options) => !Equals(read(options), read(standard));

    /// <summary>The options with the standard value of this one.</summary>
    internal AttributionOptions Reset(AttributionOptions options) => reset(options);
}
