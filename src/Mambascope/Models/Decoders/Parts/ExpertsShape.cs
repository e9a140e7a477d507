using Mambascope.Models.Mixers;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>How a family sends tokens to experts.</summary>
internal enum RouterKind
{
    /// <summary>Granite: <see cref="Numerics.SoftmaxOfChosen"/>.</summary>
    SoftmaxOfChosen,

    /// <summary>Jamba: <see cref="Numerics.ChosenOfSoftmax"/>.</summary>
    ChosenOfSoftmax,

    /// <summary>Nemotron-H: <see cref="SigmoidRouting"/>.</summary>
    Sigmoid,
}

/// <summary>A mixture of experts.</summary>
/// <param name="Width">Width of the residual stream, d.</param>
/// <param name="Count">Experts, X.</param>
/// <param name="Chosen">Experts a token, k.</param>
/// <param name="Expert">An expert.</param>
/// <param name="Router">Kind of router.</param>
internal sealed record ExpertsShape(int Width, int Count, int Chosen, MlpShape Expert, RouterKind Router) : PartShape
{
    /// <summary>Name of the router's matrix.</summary>
    public required string RouterName { get; init; }

    /// <summary>Name of the router's correction, for <see cref="RouterKind.Sigmoid"/>.</summary>
    public string CorrectionName { get; init; } = "";

    /// <summary>Groups of experts.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Groups that experts are taken from.</summary>
    public int ChosenGroups { get; init; } = 1;

    /// <summary>Whether weights are divided by their sum.</summary>
    public bool IsNormalised { get; init; } = true;

    /// <summary>Factor of the weights.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>The expert that every token is sent to, and what stands before its names.</summary>
    public (string At, MlpShape Shape)? Shared { get; init; }

    /// <summary>What stands before the names of expert 0, 1, ...: "experts." and the number.</summary>
    public string ExpertsAt { get; init; } = "experts.";

    /// <summary>Width that the experts work in; null for the residual stream's.</summary>
    public int? LatentWidth { get; init; }

    /// <inheritdoc/>
    public override string Label => "experts";

    /// <inheritdoc/>
    public override string Words
        => $"{Chosen} of {Count} (0 to {Count - 1}) a token, of width {Expert.InnerWidth}"
        + (Shared is { } shared ? $", and one of width {shared.Shape.InnerWidth} for all" : "");

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Values =>
    [
        Fact.Value("experts", Count), Fact.Value("experts_per_token", Chosen), Fact.Value("expert_width", Expert.InnerWidth),
        Fact.Value("shared_expert_width", Shared?.Shape.InnerWidth),
    ];

    /// <inheritdoc/>
    public override double Linear
        => ModelWork.Product(1, Width, Count)
        + (Chosen * Expert.Linear)
        + (Shared?.Shape.Linear ?? 0)
        + (LatentWidth is { } latent ? ModelWork.Product(2, Width, latent) : 0);

    /// <inheritdoc/>
    public override (int Inputs, int Outputs) Product => Expert.Product;

    /// <inheritdoc/>
    public override IMixer Build(WeightSource source, string at)
    {
        var router = source(at + RouterName, Count, Width);
        ExpertRouting routing = Router switch
        {
            RouterKind.SoftmaxOfChosen => new SoftmaxOfChosen(Chosen),
            RouterKind.ChosenOfSoftmax => new ChosenOfSoftmax(Chosen),
            _ => new SigmoidRouting(Chosen, source(at + CorrectionName, Count), Groups, ChosenGroups, IsNormalised, Factor),
        };
        (LinearWeights In, LinearWeights Out)? latent = LatentWidth is { } width
            ? (Layer(source, at + "fc1_latent_proj", width, Width, hasBias: false),
                Layer(source, at + "fc2_latent_proj", Width, width, hasBias: false))
            : null;
        IMixer[] experts = [.. Enumerable.Range(0, Count).Select(e => Expert.Build(source, $"{at}{ExpertsAt}{e}."))];
        return new ExpertMixer(router, routing, experts)
        {
            Shared = Shared is { } shared ? shared.Shape.Build(source, at + shared.At) : null,
            Latent = latent,
        };
    }
}
