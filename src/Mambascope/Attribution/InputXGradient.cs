using Mambascope.Autodiff;
using Mambascope.Models;

namespace Mambascope.Attribution;

/// <summary>Input x gradient at the first block's input: sum over channels of token ⊙ dscore/dtoken.</summary>
public sealed class InputXGradient : TokenRelevance
{
    /// <inheritdoc/>
    public override string Name => "input-x-gradient";

    /// <inheritdoc/>
    public override string Title => "input × gradient";

    /// <inheritdoc/>
    public override string Description => "token times gradient of the explained class, summed over channels";

    /// <inheritdoc/>
    public override bool IsPiecewise => true;

    /// <inheritdoc/>
    public override string? Caution(AttributionOptions options, ModelInput reads)
        => reads == ModelInput.Pictures ? "at noise level in our tables" : null;

    private protected override RuleSet<T>? RulesOf<T>() => null;
}
